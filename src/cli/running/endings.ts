/** What has been started and is to be stopped, the last first. */

export interface Endings {
  readonly add: (end: () => Promise<void>) => void;
  /** Each is tried, whatever becomes of the others. May be called again. @throws the first that went wrong. */
  readonly run: () => Promise<void>;
}

export const newEndings = (): Endings => {
  const endings: (() => Promise<void>)[] = [];
  let running: Promise<void> | undefined;
  const runAll = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (const end of endings.splice(0).reverse()) {
      await end().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  };
  return {
    add: (end) => {
      endings.push(end);
    },
    run: () => {
      running ??= runAll();
      return running;
    },
  };
};
