/** Causes that came too late for a build under way: closed where its content has them, else nominated again when it has ended. */
import { sql } from 'kysely';
import { z } from 'zod';
import { Arch, DistroReleaseName, ImageName } from '../../../schemas/ids.ts';
import type { Severity } from '../../../schemas/nomination.ts';
import { isIn } from '../../planning/proofs.ts';
import { modulesOf, Reason, sourcesOf } from '../../planning/reason.ts';
import { worst } from '../../planning/severity.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { contentOf } from '../contents/content-of.ts';
import type { Build } from '../move.ts';
import { moduleNomination, nominate, nominateNames } from './nominate.ts';

const Reasons = z.array(Reason);

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

interface Open {
  readonly image: ImageName;
  readonly arch: Arch;
  readonly reasons: readonly Reason[];
}

/** Once a build is a candidate, or will never be one: what is open of it is looked at again, as if it had just come. */
export const nominateFollowUps = async (flow: Flow, build: Build): Promise<void> => {
  const rows = await flow.tx
    .selectFrom('follow_up')
    .innerJoin('rebuild', 'rebuild.id', 'follow_up.rebuild')
    .select(['follow_up.id', 'follow_up.image', 'follow_up.arch', 'follow_up.reasons', 'rebuild.severity'])
    .where('build', '=', build.id)
    .where('closed_at', 'is', null)
    .orderBy('follow_up.id')
    .execute();
  if (rows.length === 0) return;
  const open = rows.map(({ image, arch, reasons }) => ({
    image: ImageName.parse(image),
    arch: Arch.parse(arch),
    reasons: Reasons.parse(reasons),
  }));
  await nominateAgain(flow, build, open, worst(rows.map(({ severity }) => severity)));
  await close(
    flow,
    rows.map(({ id }) => id),
    `nominated again after ${build.nvr}`,
  );
};

/** One nomination of each kind. */
const nominateAgain = async (
  flow: Flow,
  build: Build,
  open: readonly Open[],
  severity: Severity,
): Promise<void> => {
  const distroRelease = DistroReleaseName.parse(build.distro_release);
  const common = { distroRelease, severity, reference: referenceOf(build, open) };
  const withKind = (...kinds: Reason['kind'][]) =>
    open.filter(({ reasons }) => reasons.some(({ kind }) => kinds.includes(kind)));
  const imagesOf = (some: readonly Open[]) => [...new Set(some.map(({ image }) => image))].sort();
  const all = open.flatMap(({ reasons }) => reasons);
  await nominateNames(flow, common, sourcesOf(all));
  const upon = imagesOf(withKind('inherited', 'build-parent', 'parent-rebuilt', 'parent-newer'));
  if (upon.length > 0) await nominate(flow, { kind: 'parents', ...common, images: upon });
  const changed = imagesOf(withKind('source-changed', 'never-built', 'base-moved'));
  if (changed.length > 0) await nominate(flow, { kind: 'sources', ...common, images: changed });
  for (const label of modulesOf(all)) await nominate(flow, { ...moduleNomination(label), ...common });
  const byHand = withKind('by-hand');
  for (const image of imagesOf(byHand)) {
    const arches = byHand.filter((each) => each.image === image).map(({ arch }) => arch);
    await nominate(flow, { kind: 'manual', ...common, images: [image], arches });
  }
};

/** What was nominated at first, as far as it is known, and why it is once more. */
const referenceOf = (build: Build, open: readonly Open[]): string => {
  const first = new Set(
    open.flatMap(({ reasons }) =>
      reasons.flatMap((reason) => ('references' in reason ? reason.references : [])),
    ),
  );
  return [...[...first].sort().slice(0, 5), `again after ${build.nvr}`].join(', ');
};
