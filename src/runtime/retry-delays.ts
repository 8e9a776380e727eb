/** When something that failed is tried again. */

/** Attempts at one message, the first included; then it is a dead letter. */
export const mostAttempts = 5;

/** Milliseconds: 2 s, 8 s, 32 s, 2 min, 5 min, ... up to a fifth less, so that what failed together does not return together. */
export const messageDelay = (attempt: number, random: () => number = Math.random): number =>
  spread(Math.min(300_000, 2_000 * 4 ** Math.max(0, attempt - 1)), random);

/** Milliseconds: 1 s, 2 s, 4 s, ... 5 min, up to a fifth less. */
export const jobDelay = (attempt: number, random: () => number = Math.random): number =>
  spread(Math.min(300_000, 1_000 * 2 ** Math.min(20, Math.max(0, attempt - 1))), random);

/** Messages of a newer major version wait for a newer flibs: minutes, not attempts. */
export const newerMajorDelay = 600_000;

const spread = (milliseconds: number, random: () => number): number =>
  Math.round(milliseconds * (1 - 0.2 * random()));
