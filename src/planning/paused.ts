/** What people have paused, as far as plans go: everything paused is planned all the same, and waits. */
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
