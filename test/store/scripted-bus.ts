/** A bus that answers as a test says, and remembers what it was given. */
import type { Bus, Consuming, Outgoing } from '../../src/bus/port.ts';

export type Answer =
  | 'confirmed'
  | 'returned'
  /** The broker has it, and the confirm never comes. */
  | 'lost'
  /** The client or the broker refuses it. */
  | { readonly refused: string };

export interface ScriptedBus extends Bus {
  readonly published: readonly Outgoing[];
  readonly consuming: readonly Consuming[];
  /** How the next messages are answered; `confirmed` unless told otherwise. */
  answer: (message: Outgoing) => Answer;
  connected: boolean;
  changed(): void;
}

export const aScriptedBus = (): ScriptedBus => {
  const published: Outgoing[] = [];
  const consuming: Consuming[] = [];
  const listeners = new Set<() => void>();
  const bus: ScriptedBus = {
    published,
    consuming,
    answer: () => 'confirmed',
    connected: true,
    changed: () => {
      for (const listener of listeners) listener();
    },
    declare: async () => undefined,
    publish: async (message) => {
      const answer = bus.answer(message);
      if (typeof answer === 'object') throw new Error(answer.refused);
      published.push(message);
      return answer === 'lost' ? new Promise<never>(() => undefined) : answer;
    },
    consume: async (each) => {
      consuming.push(each);
      return {
        stop: async () => {
          consuming.splice(consuming.indexOf(each), 1);
        },
        waiting: () => undefined,
      };
    },
    state: () => (bus.connected ? { connected: true } : { connected: false, waiting: 'the test says so' }),
    onStateChange: (listener) => {
      listeners.add(listener);
    },
    close: async () => undefined,
  };
  return bus;
};
