/** Builds under way take on the causes of a plan: more reasons, a higher severity, arches that they would have carried. */
import { sql } from 'kysely';
import { z } from 'zod';
import type { Proof } from '../../schemas/commands/run.ts';
import type { Arch, ImageName } from '../../schemas/ids.ts';
import { mergedReasons } from '../planning/arch-reasons.ts';
import { grouped } from '../planning/grouped.ts';
import type { Plan } from '../planning/plan-types.ts';
import { together } from '../planning/proofs.ts';
import { describeReason, Reason } from '../planning/reason.ts';
import { worst } from '../planning/severity.ts';
import type { JoinedArch } from '../planning/under-way.ts';
import type { Flow } from '../runtime/consumer.ts';
import { eachOf, inSlices } from '../runtime/in-slices.ts';
import { baselineOf } from './baseline.ts';
import { begunNow } from './begun.ts';
import { type ArchBuild, type Build, moveArchBuild, type Rebuild, recordTransition } from './move.ts';
import type { BuildsUnderWay } from './under-way.ts';
import { archBuildKey, type Written } from './written.ts';

type Joined = Plan['joined'][number];

const Reasons = z.array(Reason);

/** Before new builds are written: what is to be built rather than carried, so that children can be built upon it. */
export const addArchBuilds = async (
  flow: Flow,
  joined: readonly Joined[],
  underWay: BuildsUnderWay,
  written: Written,
): Promise<void> => {
  const added = joined.flatMap(({ image, arches }) => {
    const build = underWay.get(image)?.build;
    const these = arches.filter(({ how }) => how === 'added');
    return build === undefined ? [] : these.map((each) => ({ build, image, ...each }));
  });
  for (const { build, image, arch, reasons, proofs } of added) {
    await flow.tx.deleteFrom('index_entry').where('build', '=', build.id).where('arch', '=', arch).execute();
    const archBuild = await flow.tx
      .insertInto('arch_build')
      .values({
        build: build.id,
        image,
        arch,
        state: 'ready',
        unmet: 0,
        reasons: JSON.stringify(reasons),
        proofs: JSON.stringify(proofs),
        ready_at: flow.now,
        cause: begunNow(flow),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const moving = { kind: 'archBuild', id: archBuild.id, subject: `${image}.${arch}`, from: null } as const;
    const reason = `instead of being carried: ${reasons.map(describeReason).join('; ')}`;
    await recordTransition(flow, { ...moving, to: 'ready', reason });
    written.archBuilds.set(archBuildKey(image, arch), { id: archBuild.id, built: false });
    written.added.set(archBuild.id, archBuild);
  }
};

export interface ToJoin {
  readonly rebuild: Rebuild;
  readonly joined: readonly Joined[];
  readonly underWay: BuildsUnderWay;
}

/** After new builds are written: what is under way may come to be made upon them. */
export const joinBuilds = async (flow: Flow, to: ToJoin, written: Written): Promise<void> => {
  const all = to.joined.flatMap((joined) => {
    const found = to.underWay.get(joined.image);
    return found === undefined ? [] : [{ joined, ...found }];
  });
  if (all.length === 0) return;
  const builds = all.map(({ build }) => build);
  await tieTo(flow, to.rebuild, builds);
  await makeUrgent(flow, to.rebuild, builds);
  const grown = await inSlices(eachOf(all, ({ joined, archBuilds }) => withReasons(joined, archBuilds)));
  await takeOnReasons(flow, grown.flat());
  const addedTo = grouped([...written.added.values()], ({ build }) => build);
  for (const { joined, build, archBuilds } of all) {
    if (joined.moved) await moveOnto(flow, build, written);
    const added = addedTo.get(build.id) ?? [];
    const arches = new Set(joined.arches.map(({ arch }) => arch));
    const concerned = joined.moved ? archBuilds : archBuilds.filter(({ arch }) => arches.has(arch));
    for (const archBuild of [...concerned, ...added])
      await waitForParent(flow, { build, archBuild, moved: joined.moved }, written);
  }
};

const tieTo = async (flow: Flow, rebuild: Rebuild, builds: readonly Build[]): Promise<void> => {
  await sql`
    insert into build_cause (build, rebuild) select id, ${rebuild.id} from unnest(${builds.map(({ id }) => id)}::bigint[]) as build(id)
    on conflict do nothing`.execute(flow.tx);
};

const makeUrgent = async (flow: Flow, { severity }: Rebuild, builds: readonly Build[]): Promise<void> => {
  const lesser = builds.filter((build) => worst([build.severity, severity]) !== build.severity);
  if (lesser.length === 0) return;
  await flow.tx
    .updateTable('build')
    .set({ severity, updated_at: flow.now })
    .where('id', '=', sql<number>`any(${lesser.map(({ id }) => id)}::bigint[])`)
    .execute();
};

interface Grown {
  readonly id: number;
  readonly build: number;
  readonly reasons: readonly Reason[];
  readonly proofs: readonly Proof[];
}

/** Those that come to know something new. */
const withReasons = (joined: Joined, archBuilds: readonly ArchBuild[]): readonly Grown[] =>
  joined.arches.flatMap((joining) => {
    const archBuild = archBuilds.find(({ arch }) => arch === joining.arch);
    if (archBuild === undefined) return [];
    const grown = grow(archBuild, joining);
    const isNew = JSON.stringify(grown.reasons) !== JSON.stringify(archBuild.reasons);
    return isNew ? [{ id: archBuild.id, build: archBuild.build, ...grown }] : [];
  });

/** What waits is to have what is on offer now; what runs has what it was asked for. */
const grow = (archBuild: ArchBuild, joining: JoinedArch): Pick<Grown, 'reasons' | 'proofs'> => {
  const known = Reasons.parse(archBuild.reasons);
  const isWaiting = archBuild.state !== 'requested' && archBuild.ended_at === null && archBuild.run === null;
  if (!isWaiting) return { reasons: mergedReasons([...known, ...joining.reasons]), proofs: archBuild.proofs };
  const isNamed = ({ name, arch }: Proof) =>
    joining.proofs.some((proof) => proof.name === name && proof.arch === arch);
  return {
    reasons: mergedReasons([...joining.reasons, ...known]),
    proofs: together([...joining.proofs, ...archBuild.proofs.filter((proof) => !isNamed(proof))]),
  };
};

const takeOnReasons = async (flow: Flow, grown: readonly Grown[]): Promise<void> => {
  if (grown.length === 0) return;
  await sql`
    update arch_build set reasons = given.reasons, proofs = given.proofs
    from jsonb_to_recordset(${JSON.stringify(grown)}::jsonb) as given(id bigint, reasons jsonb, proofs jsonb)
    where arch_build.id = given.id`.execute(flow.tx);
  const byHand = grown.filter(({ reasons }) => reasons.some(({ kind }) => kind === 'by-hand'));
  if (byHand.length === 0) return;
  await flow.tx
    .updateTable('build')
    .set({ by_hand: true })
    .where('id', '=', sql<number>`any(${byHand.map(({ build }) => build)}::bigint[])`)
    .execute();
};

const layerParent = ({ definition }: Build): ImageName | undefined => {
  const parent = definition.parents.find(({ edge }) => edge === 'layer');
  return parent?.kind === 'image' ? parent.image : undefined;
};

/** All of it is made upon the present build of its parent from now on. */
const moveOnto = async (flow: Flow, build: Build, written: Written): Promise<void> => {
  const parent = layerParent(build);
  if (parent === undefined) return;
  const present = written.builds.get(parent) ?? (await baselineOf(flow, parent))?.id ?? null;
  await flow.tx.updateTable('build').set({ parent_build: present }).where('id', '=', build.id).execute();
};

interface Waiting {
  readonly build: Build;
  readonly archBuild: ArchBuild;
  readonly moved: boolean;
}

/** Blocks it on its parent's arch build where there is one that it was not built upon before; or ends such a block. */
const waitForParent = async (
  flow: Flow,
  { build, archBuild, moved }: Waiting,
  written: Written,
): Promise<void> => {
  const parent = layerParent(build);
  if (parent === undefined || !isWaiting(archBuild)) return;
  if (!moved && build.parent_build !== written.builds.get(parent)) return;
  const below = written.archBuilds.get(archBuildKey(parent, archBuild.arch));
  if ((below?.id ?? null) === archBuild.parent_arch_build) return;
  // What it was built upon before is there, so only others count in what it waits for already.
  const unmet = archBuild.unmet + (below === undefined || below.built ? 0 : 1);
  const changes = { parent_arch_build: below?.id ?? null, unmet };
  const to = unmet > 0 ? 'blocked' : 'ready';
  const isThere = archBuild.state === to || (archBuild.state === 'held' && to === 'ready');
  if (isThere) await flow.tx.updateTable('arch_build').set(changes).where('id', '=', archBuild.id).execute();
  else
    await moveArchBuild(
      flow,
      archBuild,
      to,
      `its parent ${parent} is ${unmet > 0 ? 'built first' : 'built'}`,
      {
        ...changes,
        ready_at: unmet > 0 ? null : flow.now,
      },
    );
};

const isWaiting = ({ state }: ArchBuild): boolean =>
  state === 'blocked' || state === 'ready' || state === 'held';

/** As they are said. */
export const joinedForEvent = (joined: readonly Joined[]) =>
  joined.map(({ nvr, image, arches }) => ({ nvr, image, arches: arches.map(({ arch }): Arch => arch) }));
