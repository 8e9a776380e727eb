/** What happens, as it happens: polls the API's list of transitions. */
import { setTimeout as wait } from 'node:timers/promises';
import { RebuildDetail } from '../../api/wire/rebuild.ts';
import { type TransitionEvent, TransitionPage } from '../../api/wire/transition.ts';
import { type Client, connect } from '../client.ts';
import type { OptionValues } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';
import { printable } from '../text-table.ts';
import { UserError } from '../user-error.ts';

const period = 500;
const pageLength = 500;
/** A transaction that ended late has ids below those already told. */
const overlap = 200;

const ended = new Set(['finished', 'cancelled']);
const bad = new Set(['failed', 'rejected', 'parent_failed']);

const line = (event: TransitionEvent): string => {
  const what =
    event.kind === 'archBuild' && event.nvr !== null ? `${event.nvr}.${event.arch}` : event.subject;
  const to = event.refused ? `not ${event.to}` : event.to;
  return `${event.at.slice(11, 19)}Z  ${printable(what)}: ${to}  ${printable(event.reason)}\n`;
};

/**
 * Transitions as they come, each once, in the order in which they are seen. Ends when `over` says so.
 *
 * @throws the signal's reason when that ends it
 */
export async function* transitions(
  client: Client,
  {
    rebuild,
    since,
    over,
    signal,
  }: {
    readonly rebuild: number | undefined;
    /** Undefined: from now on. */
    readonly since: number | undefined;
    /** Asked when nothing new has come. */
    readonly over: () => Promise<boolean>;
    readonly signal: AbortSignal;
  },
): AsyncGenerator<TransitionEvent> {
  const filter = rebuild === undefined ? '' : `&rebuild=${rebuild}`;
  const page = (from: number) =>
    client.get(`/api/v1/events?since=${from}&limit=${pageLength}${filter}`, TransitionPage);
  let next = since ?? (await client.get('/api/v1/events', TransitionPage)).next;
  const first = next;
  let told = new Set<number>();
  for (;;) {
    // Read before the page: what came before the end is then told.
    const isOver = await over();
    const { events } = await page(Math.max(first, next - overlap));
    const news = events.filter(({ id }) => !told.has(id));
    yield* news;
    told = new Set(events.map(({ id }) => id));
    next = Math.max(next, ...news.map(({ id }) => id));
    if (news.length > 0) continue;
    if (isOver) return;
    await wait(period, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

const stateOf = (client: Client, id: number): Promise<RebuildDetail> =>
  client.get(`/api/v1/rebuilds/${id}`, RebuildDetail);

const outcome = ({ id, state, builds }: RebuildDetail): void => {
  const failed = builds.filter(
    (build) => bad.has(build.state) || build.archBuilds.some((one) => bad.has(one.state)),
  );
  if (failed.length > 0) {
    throw new UserError(
      'failed',
      `rebuild ${id} is ${state}; failed: ${failed.map(({ nvr }) => nvr).join(', ')}`,
      {
        hint: `\`flibs rebuilds show ${id}\` says why`,
      },
    );
  }
};

/** @throws {@link UserError} `failed` when a build of the watched rebuild failed. */
export const watchRebuilds = async (
  id: number | undefined,
  options: OptionValues,
  terminal: Terminal,
): Promise<void> => {
  const client = await connect(options, terminal);
  if (id !== undefined) await stateOf(client, id);
  const seen = transitions(client, {
    rebuild: id,
    // Of one rebuild all that happened, of all of them what happens from now on.
    since: id === undefined ? undefined : 0,
    over: async () => id !== undefined && ended.has((await stateOf(client, id)).state),
    signal: terminal.interrupted,
  });
  for await (const event of seen) {
    terminal.out(options['json'] === true ? `${JSON.stringify(event)}\n` : line(event));
  }
  if (id !== undefined) outcome(await stateOf(client, id));
};
