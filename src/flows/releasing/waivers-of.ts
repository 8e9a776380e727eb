/** The waivers that may count for a build of ours, as the gate takes them. */
import type { Selectable } from 'kysely';
import type { Waiver } from '../../gating/decision.ts';
import { instantOf } from '../../gating/instant.ts';
import type { Flow } from '../../runtime/consumer.ts';
import type { WaiverTable } from '../../store/release-tables.ts';
import { distroReleasesInForce } from '../defining/in-force.ts';
import type { Build } from '../move.ts';

export type WaiverRow = Selectable<WaiverTable>;

/** Images by either of the names that they have in Greenwave. */
export const imageSubjectTypes: readonly string[] = ['container-image', 'redhat-container-image'];

/** Undefined where its distro release is configured no more. */
export const productVersionOf = async (
  flow: Pick<Flow, 'tx'>,
  { distro_release: name }: Pick<Build, 'distro_release'>,
): Promise<string | undefined> => (await distroReleasesInForce(flow, name))[0]?.productVersion;

export const waiversOf = async (
  { tx }: Pick<Flow, 'tx'>,
  { nvr, index_digest }: Pick<Build, 'nvr' | 'index_digest'>,
): Promise<readonly Waiver[]> => {
  const names = [nvr, ...(index_digest === null ? [] : [index_digest])];
  const rows = await tx
    .selectFrom('waiver')
    .selectAll()
    .where('subject_identifier', 'in', names)
    .where('subject_type', 'in', imageSubjectTypes)
    .orderBy('id')
    .execute();
  return rows.map(waiverOf);
};

export const waiverOf = (row: WaiverRow): Waiver => ({
  id: row.id,
  subjectType: row.subject_type,
  subjectIdentifier: row.subject_identifier,
  testCase: row.test_case,
  productVersion: row.product_version,
  waived: row.waived,
  at: instantOf(row.at),
  ...(row.scenario === null ? {} : { scenario: row.scenario }),
  ...(row.arch === null ? {} : { arch: row.arch }),
  ...(row.expires_at === null ? {} : { expires: instantOf(row.expires_at) }),
  ...(row.result === null ? {} : { result: row.result }),
});
