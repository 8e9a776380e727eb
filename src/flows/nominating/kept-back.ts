/** What was left alone because of a pause or a rule: once that has ended, it is nominated anew. */
import { sql } from 'kysely';
import { Arch, DistroReleaseName, ImageName } from '../../../schemas/ids.ts';
import { Severity } from '../../../schemas/nomination.ts';
import { type Reason, Reasons } from '../../planning/reason.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { eachOf, inSlices } from '../../runtime/in-slices.ts';
import { causesBelow } from './causes-below.ts';
import { nominateAnew } from './nominate-anew.ts';
import type { OpenCauses } from './open-causes.ts';

/** What has ended. */
export type KeptBackBy =
  | { readonly kind: 'paused'; readonly scope: 'image'; readonly image: string }
  | { readonly kind: 'paused'; readonly scope: 'automatic' }
  | { readonly kind: 'denied' };

/** Whoever calls it holds `lockKeptBack`: no plan under way leaves anything more alone because of it. */
export const nominateKeptBack = async (flow: Flow, by: KeptBackBy, because: string): Promise<void> => {
  const { rows } = await sql<Row>`
    with ended as (
      update left_alone set nominated_anew_at = ${flow.now}
      where nominated_anew_at is null and ${keptBack(by)}
      returning rebuild, image, arch, reason -> 'wouldBe' as reasons
    )
    select ended.*, rebuild.distro_release, rebuild.severity, exists (
      select from arch_build where arch_build.image = ended.image and arch_build.arch = ended.arch
        and arch_build.planned_at > rebuild.planned_at
    ) as overtaken
    from ended
    join rebuild on rebuild.id = ended.rebuild
    join image on image.name = ended.image and image.to_revision is null
    order by ended.rebuild, ended.image, ended.arch`.execute(flow.tx);
  const open = await inSlices(eachOf(rows, openCauses));
  // Rules judge what follows its parent by what that one was rebuilt for.
  await nominateAnew(flow, [...open, ...(await causesBelow(flow, open))], because);
};

interface Row {
  readonly rebuild: number;
  readonly image: string;
  readonly arch: string;
  readonly reasons: unknown;
  readonly distro_release: string;
  readonly severity: string;
  /** Planned since then all the same. */
  readonly overtaken: boolean;
}

const keptBack = (by: KeptBackBy) => {
  if (by.kind === 'denied') return sql`reason ->> 'kind' = 'denied'`;
  const paused = sql`reason ->> 'kind' = 'paused' and reason ->> 'scope' = ${by.scope}`;
  return by.scope === 'image' ? sql`${paused} and image = ${by.image}` : paused;
};

/** Whether packages are still old, the store knows; that a source or a person was seen to, only what was planned since. */
const alwaysBuilt: readonly Reason['kind'][] = ['source-changed', 'never-built', 'by-hand'];

const openCauses = (row: Row): OpenCauses => ({
  rebuild: row.rebuild,
  distroRelease: DistroReleaseName.parse(row.distro_release),
  severity: Severity.parse(row.severity),
  image: ImageName.parse(row.image),
  arch: Arch.parse(row.arch),
  reasons: Reasons.parse(row.reasons).filter(({ kind }) => !(row.overtaken && alwaysBuilt.includes(kind))),
});
