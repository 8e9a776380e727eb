/** What happens, for a person to follow: one line a step, runs and other bookkeeping left out. */
import type { TransitionEvent } from '../../api/wire/transition.ts';
import { transitions } from '../asking/watch.ts';
import type { Client } from '../client.ts';

export interface Live {
  /** Resolves when everything so far has been shown. */
  stop(): Promise<void>;
}

/** Shows transitions, from the first on, until stopped. */
export const showLive = (client: Client, say: (text: string) => void): Live => {
  const ending = new AbortController();
  let over = false;
  const seen = transitions(client, {
    rebuild: undefined,
    since: 0,
    over: async () => over,
    signal: ending.signal,
  });
  const showing = (async () => {
    for await (const event of seen) {
      const line = lineOf(event);
      if (line !== undefined) say(line);
    }
  })().catch((error: unknown) => {
    if (!ending.signal.aborted) say(`  (the view of what happens broke: ${String(error)})`);
  });
  return {
    stop: async () => {
      over = true;
      await showing;
      ending.abort();
    },
  };
};

const symbols: Readonly<Record<string, string>> = {
  planned: '+',
  ready: '.',
  running: '>',
  succeeded: '*',
  candidate: '=',
  released: '#',
  failed: '!',
  rejected: '!',
};

/** Of the many states of an arch build those that tell something. */
const told = new Set(['blocked', 'running', 'succeeded', 'unchanged', 'failed', 'parent_failed', 'held']);

const lineOf = (event: TransitionEvent): string | undefined => {
  if (event.kind === 'run' || event.refused) return undefined;
  const symbol = symbols[event.to] ?? ' ';
  const time = event.at.slice(11, 23);
  if (event.kind === 'archBuild') {
    const begins = event.from === null;
    if (!begins && !told.has(event.to)) return undefined;
    const what = begins ? 'to build' : event.to;
    return `  ${time} ${symbol} ${event.subject.padEnd(22)} ${what.padEnd(10)} ${event.reason}`;
  }
  return `  ${time} ${symbol} ${event.subject.padEnd(22)} ${event.to.padEnd(10)} ${event.reason}`;
};
