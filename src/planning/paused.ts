/** What people have paused, as far as plans go: everything paused is planned all the same, and waits. */
import { z } from 'zod';
import type { Pause } from '../../schemas/pause.ts';

/** Who, until when and why. */
export const describePause = ({ by, until, reason }: Pick<Pause, 'by' | 'until' | 'reason'>): string =>
  `paused by ${by}${until === undefined ? '' : ` until ${until}`}: ${reason}`;

/** With what is paused. */
export const describeWhatIsPaused = (pause: Pause): string => `${subjectOf(pause)} ${describePause(pause)}`;

const subjectOf = (pause: Pause): string => {
  switch (pause.scope) {
    case 'image':
      return `${pause.image} is`;
    case 'automatic':
      return 'automatic rebuilds are';
    case 'everything':
      return 'everything is';
  }
};

export interface PauseIndex {
  readonly images: ReadonlyMap<string, Pause>;
  readonly automatic: Pause | undefined;
}

export const indexPauses = (pauses: readonly Pause[]): PauseIndex => ({
  images: new Map(
    pauses.flatMap((pause) => (pause.scope === 'image' ? [[pause.image, pause] as const] : [])),
  ),
  automatic: pauses.find(({ scope }) => scope === 'automatic'),
});

/** A paused image is left alone whoever asks; what people ask for goes on while automatic rebuilds are paused. */
export const pauseOf = (pauses: PauseIndex, image: string, isPeoples: boolean): Pause | undefined =>
  pauses.images.get(image) ?? (isPeoples ? undefined : pauses.automatic);

/** A pause that an answer has to be read with. */
export const PauseNote = z.object({
  what: z.string().describe('An image, `automatic rebuilds`, or `everything`.'),
  by: z.string(),
  reason: z.string(),
  until: z.iso.datetime({ offset: true }).nullable().describe('Null: until somebody resumes it.'),
  text: z.string().describe('In a line for people: with what it means for the answer.'),
});
export type PauseNote = z.infer<typeof PauseNote>;

const scopes: readonly Pause['scope'][] = ['everything', 'automatic', 'image'];

/** Those that concern any of these images, the widest first. */
export const pauseNotes = (pauses: readonly Pause[], images: ReadonlySet<string>): readonly PauseNote[] =>
  scopes.flatMap((scope) =>
    pauses
      .filter((pause) => pause.scope === scope && (pause.scope !== 'image' || images.has(pause.image)))
      .map(noteOf),
  );

const noteOf = (pause: Pause): PauseNote => ({
  what: nameOf(pause),
  by: pause.by,
  reason: pause.reason,
  until: pause.until ?? null,
  text: `${describeWhatIsPaused(pause)}; ${meaningOf(pause)}`,
});

const nameOf = (pause: Pause): string => {
  if (pause.scope === 'image') return pause.image;
  return pause.scope === 'automatic' ? 'automatic rebuilds' : pause.scope;
};

const meaningOf = ({ scope, until }: Pause): string => {
  const then = until === undefined ? 'once it is resumed' : 'then';
  switch (scope) {
    case 'everything':
      return `what would be rebuilt is planned, and starts ${then}`;
    case 'automatic':
      return `what is left alone for that is looked at again ${then}; what people ask for is built`;
    case 'image':
      return `it is left alone, and what stands on it; both are looked at again ${then}`;
  }
};
