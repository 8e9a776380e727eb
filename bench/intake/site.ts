/** What both sides of the intake bench agree on. */
import { z } from 'zod';

export const instance = 'bench';
export const topicPrefix = 'org.fedoraproject.prod';
export const prefetch = 100;

/** What a side says when all messages are done with. */
export const Taken = z.object({
  /** From the first delivery to the last acknowledgement. */
  ms: z.number(),
  /** Of this process, user and system, meanwhile. */
  cpuSeconds: z.number(),
});
export type Taken = z.infer<typeof Taken>;

/** Counts messages that are done with, and the time and processor time that they took. */
export const stopwatch = (count: number): { begin(): void; done(): void; taken: Promise<Taken> } => {
  let begun: { at: number; cpu: NodeJS.CpuUsage } | undefined;
  let done = 0;
  let finish: (taken: Taken) => void = () => undefined;
  const taken = new Promise<Taken>((resolve) => {
    finish = resolve;
  });
  return {
    begin: () => {
      begun ??= { at: performance.now(), cpu: process.cpuUsage() };
    },
    done: () => {
      done += 1;
      if (done !== count || begun === undefined) return;
      const { user, system } = process.cpuUsage(begun.cpu);
      finish({ ms: performance.now() - begun.at, cpuSeconds: (user + system) / 1e6 });
    },
    taken,
  };
};
