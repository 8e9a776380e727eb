/** Names that a program makes up (containers, layers, uploads) are others the next time: what was said stands for what is. */

const madeUp = /[0-9a-f]{64}|[\w.-]*working-container(?:-\d+)?/g;

export interface Bindings {
  /** What the recording printed, and what was printed now: name by name. */
  learn(recorded: string, now: string): void;
  /** Where an upload goes on. */
  learnLocation(recorded: string, now: string): void;
  /** A text of the recording, for now. */
  text(recorded: string): string;
  url(recorded: string): string;
}

export const bindingsOf = (): Bindings => {
  const names = new Map<string, string>();
  const locations = new Map<string, URL>();
  const text = (recorded: string): string => recorded.replace(madeUp, (name) => names.get(name) ?? name);
  return {
    learn: (recorded, now) => {
      const [before, after] = [recorded.match(madeUp) ?? [], now.match(madeUp) ?? []];
      if (before.length !== after.length) return;
      for (const [index, name] of before.entries()) names.set(name, after[index] ?? name);
    },
    learnLocation: (recorded, now) => locations.set(new URL(recorded).pathname, new URL(now)),
    text,
    url: (recorded) => {
      const url = new URL(recorded);
      const location = locations.get(url.pathname);
      if (location === undefined) return text(recorded);
      const on = new URL(location);
      on.searchParams.set('digest', url.searchParams.get('digest') ?? '');
      return on.href;
    },
  };
};
