/** A bus that answers as a test says, and remembers what it was given. */
import type { Bus, Consuming, Outgoing } from '../../src/bus/port.ts';

export type Answer =
  | 'confirmed'
  | 'returned'
  /** The broker has it, and the confirm does not come until `confirmLost`. */
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
  /** So that nobody waits for ever. */
  confirmLost(): void;
}

export const aScriptedBus = (): ScriptedBus => {
  const published: Outgoing[] = [];
  const consuming: Consuming[] = [];
  const listeners = new Set<() => void>();
  const lost: (() => void)[] = [];
  const bus: ScriptedBus = {
    published,
    consuming,
    answer: () => 'confirmed',
    connected: true,
    changed: () => {
      for (const listener of listeners) listener();
    },
    confirmLost: () => {
      for (const confirm of lost.splice(0)) confirm();
    },
    declare: async () => undefined,
    publish: async (message) => {
      const answer = bus.answer(message);
      if (typeof answer === 'object') throw new Error(answer.refused);
      published.push(message);
      if (answer !== 'lost') return answer;
      return new Promise((resolve) => lost.push(() => resolve('confirmed')));
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
