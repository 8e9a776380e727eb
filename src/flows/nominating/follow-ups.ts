/** Causes that came too late for a build under way: closed where its content has them, else nominated again when it has ended. */
import { sql } from 'kysely';
import { Arch, DistroReleaseName, ImageName } from '../../../schemas/ids.ts';
import { isIn } from '../../planning/proofs.ts';
import { Reasons, sourcesOf } from '../../planning/reason.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { contentOf } from '../contents/content-of.ts';
import type { Build } from '../move.ts';
import { nominateAnew } from './nominate-anew.ts';

/** Closes what the contents of these arch builds turn out to have. */
export const judgeFollowUps = async (flow: Flow, archBuilds: readonly number[]): Promise<void> => {
  if (archBuilds.length === 0) return;
  const open = await flow.tx
    .selectFrom('follow_up')
    .innerJoin('arch_build', 'arch_build.id', 'follow_up.arch_build')
    .innerJoin('build', 'build.id', 'arch_build.build')
    .select(['follow_up.id', 'follow_up.reasons', 'arch_build.manifest_digest', 'build.nvr'])
    .where('arch_build', '=', sql<number>`any(${[...archBuilds]}::bigint[])`)
    .where('closed_at', 'is', null)
    .orderBy('follow_up.id')
    .execute();
  for (const { id, reasons, manifest_digest, nvr } of open) {
    const why = Reasons.parse(reasons);
    if (manifest_digest === null) continue;
    const content = await contentOf(flow.tx, manifest_digest, [...sourcesOf(why)]);
    if (isIn(content, why)) await close(flow, [id], `${nvr} has it`);
  }
};

const close = async (flow: Flow, ids: readonly number[], outcome: string): Promise<void> => {
  await flow.tx
    .updateTable('follow_up')
    .set({ closed_at: flow.now, outcome })
    .where('id', '=', sql<number>`any(${[...ids]}::bigint[])`)
    .execute();
};

/** Once a build is a candidate, or will never be one: what is open of it is looked at again, as if it had just come. */
export const nominateFollowUps = async (flow: Flow, build: Build): Promise<void> => {
  const rows = await flow.tx
    .selectFrom('follow_up')
    .innerJoin('rebuild', 'rebuild.id', 'follow_up.rebuild')
    .select(['follow_up.id', 'follow_up.rebuild', 'follow_up.image', 'follow_up.arch', 'follow_up.reasons'])
    .select('rebuild.severity')
    .where('build', '=', build.id)
    .where('closed_at', 'is', null)
    .orderBy('follow_up.id')
    .execute();
  if (rows.length === 0) return;
  const distroRelease = DistroReleaseName.parse(build.distro_release);
  const open = rows.map(({ rebuild, severity, image, arch, reasons }) => ({
    rebuild,
    distroRelease,
    severity,
    image: ImageName.parse(image),
    arch: Arch.parse(arch),
    reasons: Reasons.parse(reasons),
  }));
  await nominateAnew(flow, open, `again after ${build.nvr}`);
  await close(
    flow,
    rows.map(({ id }) => id),
    `nominated again after ${build.nvr}`,
  );
};
