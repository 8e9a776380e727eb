/** What runs of one kind take: an average that follows changes and is not thrown by one odd run. */

export interface Average {
  /** Of one run. */
  readonly seconds: number;
  /** How many it was made of. */
  readonly runs: number;
}

/** The share of the newest run. The first few runs count alike, so that a first odd one is soon outweighed. */
export const NEWEST_COUNTS = 0.3;

/** Seconds that a run is taken to last where nothing at all is known. */
export const TYPICAL_SECONDS = 60;

/** The average with one more run in it (exponentially weighted). */
export const withRun = (known: Average | undefined, seconds: number): Average => {
  const { seconds: before, runs } = known ?? { seconds, runs: 0 };
  const share = Math.max(1 / (runs + 1), NEWEST_COUNTS);
  return { seconds: before + share * (seconds - before), runs: runs + 1 };
};
