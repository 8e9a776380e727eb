/** Seconds between two attempts after an infrastructure failure: twice as long each time, five minutes at most. */
export const pauseAfter = (attempts: number): number => Math.min(5 * 2 ** (attempts - 1), 300);
