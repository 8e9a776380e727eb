/** How the gate stands for a build: the newest decision, with the results and waivers behind it. */
import type { Kysely } from 'kysely';
import { Requirement } from '../../../schemas/events/releasing.ts';
import { imageSubjectTypes, productVersionOf } from '../../flows/releasing/waivers-of.ts';
import type { Database } from '../../store/database.ts';
import type { Gate } from '../wire/gate.ts';
import { iso } from './time.ts';
import { listWaivers } from './waivers.ts';

/** In one answer at most so many waivers. */
const mostWaivers = 100;

/** Undefined where there is no such build. */
export const gateOf = (db: Kysely<Database>, nvr: string): Promise<Gate | undefined> =>
  db.transaction().execute(async (tx) => {
    const build = await tx.selectFrom('build').selectAll().where('nvr', '=', nvr).executeTakeFirst();
    if (build === undefined) return undefined;
    const { image, state, waiting, index_digest: indexDigest } = build;
    const names = [nvr, ...(indexDigest === null ? [] : [indexDigest])];
    const filters = names.flatMap((identifier) =>
      imageSubjectTypes.map((type) => ({ subject_type: type, subject_identifier: identifier })),
    );
    const decision = await tx
      .selectFrom('decision')
      .select(['id', 'state', 'summary', 'requirements', 'at'])
      .where('build', '=', build.id)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    const waivers = await listWaivers(tx, { filters, includeObsolete: false }, { limit: mostWaivers });
    return {
      nvr,
      image,
      state,
      waiting,
      indexDigest,
      productVersion: (await productVersionOf({ tx }, build)) ?? null,
      decision: decision
        ? { id: decision.id, state: decision.state, summary: decision.summary, at: iso(decision.at) }
        : null,
      requirements: await withResults(tx, decision?.requirements ?? []),
      waivers: waivers.filter(({ waived }) => waived),
    };
  });

const withResults = async (
  db: Kysely<Database>,
  stored: readonly unknown[],
): Promise<Gate['requirements']> => {
  const requirements = stored.map((requirement) => Requirement.parse(requirement));
  const ids = requirements.flatMap(({ result }) => result ?? []);
  const rows =
    ids.length === 0
      ? []
      : await db
          .selectFrom('result')
          .select(['id', 'outcome', 'url', 'received_at'])
          .where('id', 'in', ids)
          .execute();
  const results = new Map(rows.map((row) => [row.id, row]));
  return requirements.map((requirement) => {
    const result = requirement.result === undefined ? undefined : results.get(requirement.result);
    return {
      ...requirement,
      outcome: result?.outcome ?? null,
      url: result?.url ?? null,
      receivedAt: result === undefined ? null : iso(result.received_at),
    };
  });
};
