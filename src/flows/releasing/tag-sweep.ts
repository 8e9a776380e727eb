/** The sweep that repairs drifted tags (ARCHITECTURE rule 10): what is looked at, when, and what is written down of it. */
import { sql } from 'kysely';
import type { Flow } from '../../runtime/consumer.ts';
import type { TagFinding } from './check-tags.ts';
import type { TagToCheck } from './tags-to-check.ts';

export const sweepJob = 'sweep-tags';

/** Seconds between two sweeps. */
const interval = 60;

/** Wants the first sweep; each asks for the next. */
export const beginSweeping = (flow: Flow): Promise<void> => wantSweep(flow, false);

const wantSweep = (flow: Flow, again: boolean): Promise<void> => {
  const due = new Date(flow.now.getTime() + interval * 1000);
  return flow.job({ kind: sweepJob, key: 'all', inputs: {}, due, again });
};

/** Writes down what was found, and wants the next sweep. */
export const swept = async (flow: Flow, findings: readonly TagFinding[]): Promise<void> => {
  await trust(
    flow,
    findings.filter(({ is }) => is === 'right' || is === 'repaired'),
  );
  for (const finding of findings) {
    if (finding.is === 'repaired') await tellRepair(flow, finding);
    if (finding.is === 'wrong') await tellProblem(flow, finding);
  }
  await wantSweep(flow, true);
};

/** Only as long as the same is wanted: a release may have begun meanwhile. */
const trust = async (flow: Flow, right: readonly TagFinding[]): Promise<void> => {
  for (const { tag } of right)
    if (tag.problem !== null) flow.log.info({ nvr: tag.nvr, tag: nameOf(tag) }, 'a tag is right again');
  if (right.length === 0) return;
  const column = (key: 'repository' | 'name' | 'desired') => right.map(({ tag }) => tag[key]);
  await sql`
    update tag set verified_at = ${flow.now}, swept_at = ${flow.now}, problem = null, problem_since = null
    from unnest(${column('repository')}::text[], ${column('name')}::text[], ${column('desired')}::text[])
      as seen (repository, name, desired)
    where tag.repository = seen.repository and tag.name = seen.name and tag.desired = seen.desired
      and tag.verified_at is not null`.execute(flow.tx);
};

const nameOf = ({ repository, name }: TagToCheck): string => `${repository}:${name}`;

/** A transition of the build, so that whoever watches, or asks why, sees it. */
const tellRepair = async (
  flow: Flow,
  { tag, found }: Extract<TagFinding, { is: 'repaired' }>,
): Promise<void> => {
  const subject = nameOf(tag);
  const reason = `the tag had drifted to ${found ?? 'nothing'} and was put back to ${tag.desired}`;
  await flow.tx
    .insertInto('transition')
    .values({
      kind: 'tag',
      entity: tag.build,
      subject,
      from_state: 'drifted',
      to_state: 'repaired',
      refused: false,
      reason,
      message_id: flow.cause.messageId,
      at: flow.now,
    })
    .execute();
  flow.log.warn({ nvr: tag.nvr, tag: subject, found: found ?? null, desired: tag.desired }, reason);
};

/** The alarm is given once; the row keeps it until the tag is right. */
const tellProblem = async (
  flow: Flow,
  { tag, problem }: Extract<TagFinding, { is: 'wrong' }>,
): Promise<void> => {
  const { numUpdatedRows } = await flow.tx
    .updateTable('tag')
    .set((eb) => ({
      swept_at: flow.now,
      problem,
      problem_since: eb.fn.coalesce('problem_since', eb.val(flow.now)),
    }))
    .where('repository', '=', tag.repository)
    .where('name', '=', tag.name)
    .where('desired', '=', tag.desired)
    .where('verified_at', 'is not', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return;
  const about = { nvr: tag.nvr, tag: nameOf(tag), problem };
  if (tag.problem === null) flow.log.error(about, 'a tag is not where it is wanted and cannot be put there');
  else flow.log.debug(about, 'a tag is still not where it is wanted');
};
