/** Waivers: who forgives which test result of what, written down and said; what the gate makes of it follows. */
import type { Caller } from '../../../schemas/caller.ts';
import { WaiverRecorded } from '../../../schemas/events/releasing.ts';
import { mayJudge } from '../../gating/may-judge.ts';
import type { Flow } from '../../runtime/consumer.ts';
import type { Build } from '../move.ts';
import { Refused } from '../refused.ts';
import type { Settings } from '../settings.ts';
import { considerGate } from './gate.ts';
import { imageSubjectTypes, productVersionOf, type WaiverRow } from './waivers-of.ts';

/** What is asked for. */
export interface WantedWaiver {
  /** Absent with a result of ours: what that is about. */
  readonly subjectType?: string | undefined;
  readonly subjectIdentifier?: string | undefined;
  readonly testCase?: string | undefined;
  /** Absent for an image of ours: that of its distro release. */
  readonly productVersion?: string | undefined;
  readonly waived: boolean;
  readonly comment: string;
  /** In whose name; absent: the caller's. */
  readonly username?: string | undefined;
  readonly scenario?: string | undefined;
  readonly arch?: string | undefined;
  readonly expires?: Date | undefined;
  /** The only result that is forgiven. */
  readonly result?: number | undefined;
}

/** Key: the id of a waiver whose time is over. */
export const waiverTimer = 'waiver-expires';

/**
 * All of them or none.
 * @throws Refused where one may not be made by the caller, or could not count.
 */
export const recordWaivers = async (
  flow: Flow,
  wanted: readonly WantedWaiver[],
  caller: Caller,
): Promise<readonly WaiverRow[]> => {
  const rows: WaiverRow[] = [];
  for (const each of wanted) rows.push(await recordWaiver(flow, each, caller));
  return rows;
};

const recordWaiver = async (flow: Flow, wanted: WantedWaiver, caller: Caller): Promise<WaiverRow> => {
  const subject = await subjectOf(flow, wanted);
  if (!mayJudge(caller, 'waivers', subject.test_case)) {
    const allowed = (caller.testCases ?? []).join(', ');
    throw new Refused(
      'forbidden',
      `${caller.name} may not waive ${subject.test_case}`,
      `it may waive ${allowed}`,
    );
  }
  if (wanted.expires !== undefined && wanted.expires <= flow.now)
    throw new Refused('conflict', `${wanted.expires.toISOString()} is past`, 'name a time to come, or none');
  const builds = await buildsWaived(flow, subject.subject_type, subject.subject_identifier);
  const values = {
    ...subject,
    product_version: await countingFor(flow, wanted, builds),
    waived: wanted.waived,
    comment: wanted.comment,
    ...inWhoseName(wanted, caller),
    scenario: wanted.scenario ?? null,
    arch: wanted.arch ?? null,
    expires_at: wanted.expires ?? null,
    result: wanted.result ?? null,
    at: flow.now,
  };
  const row = await flow.tx.insertInto('waiver').values(values).returningAll().executeTakeFirstOrThrow();
  if (row.expires_at !== null)
    await flow.timer({ kind: waiverTimer, key: String(row.id), due: row.expires_at });
  await say(flow, row, builds);
  return row;
};

/** As named, or as the result says that is to be forgiven. */
const subjectOf = async (flow: Flow, wanted: WantedWaiver) => {
  const { subjectType, subjectIdentifier, testCase, result } = wanted;
  if (subjectIdentifier !== undefined && testCase !== undefined)
    return {
      // Brew's name for what WaiverDB keeps as a Koji build.
      subject_type: subjectType === 'brew-build' ? 'koji_build' : (subjectType ?? 'container-image'),
      subject_identifier: subjectIdentifier,
      test_case: testCase,
    };
  if (result === undefined)
    throw new Refused(
      'conflict',
      'it does not say what is waived',
      'name a subject and a test case, or a result',
    );
  const found = await flow.tx
    .selectFrom('result')
    .innerJoin('build', 'build.id', 'result.build')
    .select(['build.nvr', 'result.test_case'])
    .where('result.id', '=', result)
    .executeTakeFirst();
  if (found === undefined) throw new Refused('not-found', `there is no result ${result}`);
  return { subject_type: 'container-image', subject_identifier: found.nvr, test_case: found.test_case };
};

/** Only who may do everything speaks for others. */
const inWhoseName = ({ username }: WantedWaiver, { name, scopes }: Caller) => {
  if (username === undefined || username === name) return { username: name, proxied_by: null };
  if (scopes.includes('admin')) return { username, proxied_by: name };
  throw new Refused('forbidden', `${name} may not waive in the name of ${username}`, 'the scope admin may');
};

/** Builds of ours that a waiver names, whichever states they are in. */
const buildsWaived = async (
  { tx }: Pick<Flow, 'tx'>,
  type: string,
  identifier: string,
): Promise<readonly Build[]> => {
  if (!imageSubjectTypes.includes(type)) return [];
  const [byNvr, byDigest] = await Promise.all([
    tx.selectFrom('build').selectAll().where('nvr', '=', identifier).execute(),
    tx.selectFrom('build').selectAll().where('index_digest', '=', identifier).orderBy('id').execute(),
  ]);
  return [...byNvr, ...byDigest];
};

/** Never guessed: an image has that of its distro release. One for another would never count, so it is refused. */
const countingFor = async (
  flow: Flow,
  { productVersion, subjectIdentifier }: WantedWaiver,
  [build]: readonly Build[],
): Promise<string> => {
  if (build === undefined) {
    if (productVersion !== undefined) return productVersion;
    const hint = 'it can be left out for a build of flibs only';
    throw new Refused('conflict', `${subjectIdentifier ?? 'it'} has no product version`, hint);
  }
  const own = await productVersionOf(flow, build);
  if (own === undefined || (productVersion !== undefined && productVersion !== own))
    throw new Refused(
      'conflict',
      `a waiver for ${productVersion ?? 'no product version'} would not count: ${build.nvr} is of ${own ?? 'none any more'}`,
    );
  return own;
};

const say = async (flow: Flow, row: WaiverRow, builds: readonly Build[]): Promise<void> => {
  const body = {
    schemaVersion: 1 as const,
    aggregate: { kind: 'waiver' as const, id: String(row.id), seq: 0 },
    waiver: row.id,
    subjectType: row.subject_type,
    subjectIdentifier: row.subject_identifier,
    testCase: row.test_case,
    productVersion: row.product_version,
    waived: row.waived,
    ...(row.scenario === null ? {} : { scenario: row.scenario }),
    ...(row.arch === null ? {} : { arch: row.arch }),
    ...(row.expires_at === null ? {} : { expires: row.expires_at.toISOString() }),
    ...(row.result === null ? {} : { result: row.result }),
    username: row.username,
    comment: row.comment,
  };
  flow.log.info({ waiver: row.id, testCase: row.test_case, by: row.username }, 'waiver recorded');
  await flow.say(
    WaiverRecorded,
    body,
    builds.map(({ image }) => image),
  );
};

/** Called when a waiver was recorded or its time is over: what it names of ours is decided anew. */
export const considerWaived = async (flow: Flow, settings: Settings, id: number): Promise<void> => {
  const row = await flow.tx.selectFrom('waiver').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return;
  const builds = await buildsWaived(flow, row.subject_type, row.subject_identifier);
  for (const { nvr } of builds) await considerGate(flow, settings, nvr);
};
