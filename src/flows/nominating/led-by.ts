/**
 * What is nominated once more was nominated before: releases that led to that led to this too, whatever message has it
 * nominated now. So an image that its own effects rebuild is found out though they came while it was built.
 */
import { sql } from 'kysely';
import { MessageId } from '../../../schemas/ids.ts';
import type { Reason } from '../../planning/reason.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { causesBelow } from './causes-below.ts';
import type { OpenCauses } from './open-causes.ts';

/** The flow, with the releases that led to these causes in its causation. */
export const ledByReleases = async (flow: Flow, open: readonly OpenCauses[]): Promise<Flow> => {
  const all = [...open, ...(await causesBelow(flow, open))];
  return ledBy(flow, {
    rebuilds: all.map(({ rebuild }) => rebuild),
    targets: all.flatMap(({ image, reasons }) => [image, ...targetsOf(reasons)]),
  });
};

/** What nominations may name that bring such reasons about. */
export const targetsOf = (reasons: readonly Reason[]): readonly string[] =>
  reasons.flatMap((reason) => {
    if ('source' in reason) return [reason.source, ...(reason.module === undefined ? [] : [reason.module])];
    if (reason.kind === 'module') return [reason.to];
    return reason.kind === 'base-moved' ? [reason.pullspec] : [];
  });

interface Nominated {
  readonly rebuilds: readonly number[];
  readonly targets: readonly string[];
}

/** The same, of what was nominated of these targets into these rebuilds. */
export const ledBy = async (flow: Flow, { rebuilds, targets }: Nominated): Promise<Flow> => {
  const { rows } = await sql<{ message: string }>`
    select distinct led.message
    from unnest(${[...new Set(rebuilds)]}::bigint[]) as planned(rebuild)
    join nomination_target aimed on aimed.rebuild = planned.rebuild
      and aimed.target = any(${[...new Set(targets)]}::text[])
    join nomination on nomination.id = aimed.nomination
    cross join lateral unnest(nomination.causation || nomination.message_id) as led(message)
    join build on build.released_message = led.message
    order by led.message`.execute(flow.tx);
  const chain = [...rows.map(({ message }) => message), ...flow.cause.causation];
  const last = chain.at(-1);
  if (rows.length === 0 || last === undefined) return flow;
  return flow.under({ ...flow.cause, messageId: MessageId.parse(last), causation: chain.slice(0, -1) });
};
