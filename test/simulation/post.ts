/** The broker of a simulation: everything that was published lies before whoever listens to it, in no order. */
import type { Bus, Delivery, Outgoing } from '../../src/bus/port.ts';
import type { Part } from './cast.ts';

/** Who is no consumer of the store: workers, a CI. */
export interface Outside {
  /** Whether a queue of theirs takes the message. */
  takes(message: Outgoing): boolean;
  /** What they say to it, some time later; through any exchange. */
  answer(message: Outgoing): Promise<readonly Outgoing[]>;
}

export const nobody: Outside = { takes: () => false, answer: async () => [] };

/** Each answers what it takes. */
export const together = (...all: readonly Outside[]): Outside => ({
  takes: (message) => all.some((each) => each.takes(message)),
  answer: async (message) => {
    const answers = all.filter((each) => each.takes(message)).map((each) => each.answer(message));
    return (await Promise.all(answers)).flat();
  },
});

export interface Arriving {
  readonly part: string;
  readonly transient: boolean;
  readonly delivery: Delivery;
}

export interface Post {
  readonly arriving: Arriving[];
  /** What those outside have not yet answered. */
  readonly answering: Outgoing[];
  /** All that was ever published, in order. */
  readonly published: readonly Outgoing[];
  deliver(message: Outgoing): 'confirmed' | 'returned';
  /** For what consumers publish past the outbox. */
  readonly bus: Bus;
}

/** The same delivery once more. */
export const again = (message: Arriving): Arriving => ({
  ...message,
  delivery: { ...message.delivery, redelivered: true },
});

export const openPost = (parts: readonly Part[], outside: Outside | undefined): Post => {
  const arriving: Arriving[] = [];
  const answering: Outgoing[] = [];
  const published: Outgoing[] = [];
  const deliver = (message: Outgoing): 'confirmed' | 'returned' => {
    published.push(message);
    const delivery = { ...message, redelivered: false };
    const before = arriving.length + answering.length;
    for (const part of parts) {
      for (const { transient } of part.takes(message))
        arriving.push({ part: part.name, transient, delivery });
    }
    if (outside?.takes(message)) answering.push(message);
    // A fact that nobody of the cast listens to is said all the same; a command without a worker comes back.
    const taken = arriving.length + answering.length > before;
    return taken || !('onReturned' in message) ? 'confirmed' : 'returned';
  };
  return { arriving, answering, published, deliver, bus: aBus(deliver) };
};

const aBus = (deliver: Post['deliver']): Bus => ({
  declare: async () => undefined,
  publish: async (message) => deliver(message),
  consume: () => Promise.reject(new Error('a simulation hands messages over itself')),
  state: () => ({ connected: true }),
  onStateChange: () => undefined,
  close: async () => undefined,
});
