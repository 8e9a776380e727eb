/** Builds under way take on the causes of a plan: more reasons, a higher severity, arches that they would have carried. */
import { sql } from 'kysely';
import type { Proof } from '../../../schemas/commands/run.ts';
import { type Arch, ImageName } from '../../../schemas/ids.ts';
import { mergedReasons } from '../../planning/arch-reasons.ts';
import { grouped } from '../../planning/grouped.ts';
import type { Plan } from '../../planning/plan-types.ts';
import { together } from '../../planning/proofs.ts';
import { describeReason, type Reason, Reasons } from '../../planning/reason.ts';
import { worst } from '../../planning/severity.ts';
import type { JoinedArch } from '../../planning/under-way.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { storedCause } from '../../runtime/flow.ts';
import { eachOf, inSlices } from '../../runtime/in-slices.ts';
import { insertRows, takeIds } from '../../store/insert-rows.ts';
import { baselineOf } from '../baseline.ts';
import { type ArchBuild, type Build, type Rebuild, recordTransitions } from '../move.ts';
import type { BuildsUnderWay } from './under-way.ts';
import { type OnOther, onOtherParent, waitForParents } from './wait-for-parents.ts';
import { archBuildKey, type Written } from './written.ts';

type Joined = Plan['joined'][number];

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
  if (added.length === 0) return;
  await sql`
    delete from index_entry
    using unnest(${added.map(({ build }) => build.id)}::bigint[], ${added.map(({ arch }) => arch)}::text[])
      as built(build, arch)
    where index_entry.build = built.build and index_entry.arch = built.arch`.execute(flow.tx);
  for (const archBuild of await insertAdded(flow, added)) {
    const key = archBuildKey(ImageName.parse(archBuild.image), archBuild.arch);
    written.archBuilds.set(key, { id: archBuild.id, built: false });
    written.added.set(archBuild.id, archBuild);
  }
};

type Added = JoinedArch & { readonly build: Build; readonly image: ImageName };

const insertAdded = async (flow: Flow, added: readonly Added[]): Promise<readonly ArchBuild[]> => {
  const ids = await takeIds(flow.tx, 'arch_build', added.length);
  const numbered = added.map((each, at) => ({ ...each, id: ids[at] ?? 0 }));
  const rows = numbered.map(({ id, build, image, arch, reasons, proofs }) => ({
    id,
    build: build.id,
    image,
    arch,
    state: 'ready' as const,
    unmet: 0,
    reasons,
    proofs: [...proofs],
    ready_at: flow.now,
    cause: storedCause(flow.cause),
  }));
  await insertRows(flow.tx, 'arch_build', rows);
  const beginnings = numbered.map(({ id, image, arch, reasons }) => ({
    kind: 'archBuild' as const,
    id,
    subject: `${image}.${arch}`,
    from: null,
    to: 'ready' as const,
    reason: `instead of being carried: ${reasons.map(describeReason).join('; ')}`,
  }));
  await recordTransitions(flow, beginnings);
  return flow.tx
    .selectFrom('arch_build')
    .selectAll()
    .where('id', '=', sql<number>`any(${[...ids]}::bigint[])`)
    .orderBy('id')
    .execute();
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
  const onOthers: OnOther[] = [];
  for (const { joined, build, archBuilds } of all) {
    if (joined.moved) await moveOnto(flow, build, written);
    const added = addedTo.get(build.id) ?? [];
    const arches = new Set(joined.arches.map(({ arch }) => arch));
    const concerned = joined.moved ? archBuilds : archBuilds.filter(({ arch }) => arches.has(arch));
    const parent = layerParent(build);
    if (parent === undefined) continue;
    for (const archBuild of [...concerned, ...added])
      onOthers.push(...onOtherParent({ build, archBuild, parent, moved: joined.moved }, written));
  }
  await waitForParents(flow, onOthers);
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

/** As they are said. */
export const joinedForEvent = (joined: readonly Joined[]) =>
  joined.map(({ nvr, image, arches }) => ({ nvr, image, arches: arches.map(({ arch }): Arch => arch) }));
