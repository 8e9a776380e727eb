/** What the builds of a plan are called before they are written: ids, NVRs, and those of what they are made upon. */
import { sql } from 'kysely';
import type { ImageDefinition } from '../../../schemas/files/image.ts';
import { type ImageName, Nvr } from '../../../schemas/ids.ts';
import type { SourceReference } from '../../planning/causes.ts';
import type { Plan, PlannedBuild } from '../../planning/plan-types.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { eachOf, inSlices } from '../../runtime/in-slices.ts';
import { takeIds } from '../../store/insert-rows.ts';
import type { Rebuild } from '../move.ts';
import type { BuildsUnderWay } from './under-way.ts';
import { archBuildKey, type Written } from './written.ts';

export interface ToWrite {
  readonly rebuild: Rebuild;
  readonly revision: number;
  readonly plan: Plan;
  readonly definitions: ReadonlyMap<ImageName, ImageDefinition>;
  /** NVRs of what the plan was made against. */
  readonly baselines: ReadonlyMap<ImageName, Nvr>;
  /** Their rows are locked. */
  readonly underWay: BuildsUnderWay;
  /** What nominated which source. */
  readonly references: readonly SourceReference[];
}

export interface NewBuild {
  readonly id: number;
  readonly nvr: Nvr;
  readonly releaseNumber: number;
  readonly definition: ImageDefinition;
  readonly planned: PlannedBuild;
  readonly baseline: Nvr | undefined;
  /** Of the layer parent: planned with it, under way, or the parent's baseline. */
  readonly parentBuild: number | undefined;
}

/** What the store gives to the builds of a plan. */
interface Reserved {
  /** By component. */
  readonly releaseNumbers: ReadonlyMap<string, number>;
  /** In the order of the plan. */
  readonly builds: readonly number[];
  readonly archBuilds: readonly number[];
  /** Of layer parents that are not built anew, by NVR. */
  readonly baselines: ReadonlyMap<string, number>;
}

/** In one round trip. */
export const reserve = async (flow: Flow, to: ToWrite): Promise<Reserved> => {
  const { builds } = to.plan;
  const [releaseNumbers, ids, archBuilds, baselines] = await Promise.all([
    reserveReleaseNumbers(
      flow,
      builds.map(({ image }) => definitionOf(to, image)),
    ),
    takeIds(flow.tx, 'build', builds.length),
    takeIds(
      flow.tx,
      'arch_build',
      builds.reduce((sum, { arches }) => sum + arches.length, 0),
    ),
    idsOf(flow, parentBaselines(to)),
  ]);
  return { releaseNumbers, builds: ids, archBuilds, baselines };
};

/** In the order of the plan. Adds them and their arch builds to what is `written`. */
export const newBuilds = (
  to: ToWrite,
  reserved: Reserved,
  written: Written,
): Promise<readonly NewBuild[]> => {
  const { builds } = to.plan;
  for (const [at, { image }] of builds.entries()) written.builds.set(image, reserved.builds[at] ?? 0);
  const ids = reserved.archBuilds.values();
  return inSlices(
    eachOf(builds, (planned) => {
      for (const { arch } of planned.arches) {
        const id = ids.next().value ?? 0;
        written.archBuilds.set(archBuildKey(planned.image, arch), { id, built: false });
      }
      return newBuild(to, planned, reserved, written);
    }),
  );
};

const newBuild = (
  to: ToWrite,
  planned: PlannedBuild,
  { releaseNumbers, baselines }: Reserved,
  written: Written,
): NewBuild => {
  const definition = definitionOf(to, planned.image);
  const releaseNumber = releaseNumbers.get(definition.component) ?? 1;
  return {
    id: written.builds.get(planned.image) ?? 0,
    nvr: Nvr.parse(`${definition.component}-${definition.version}-${releaseNumber}`),
    releaseNumber,
    definition,
    planned,
    baseline: to.baselines.get(planned.image),
    parentBuild: parentBuildOf(to, definition, baselines, written),
  };
};

const definitionOf = ({ definitions }: ToWrite, image: ImageName): ImageDefinition => {
  const definition = definitions.get(image);
  if (definition === undefined) throw new Error(`the plan builds ${image}, which is not defined`);
  return definition;
};

/** Reserved when planned and never used twice; by component, sorted so that two planners cannot wait for each other. */
const reserveReleaseNumbers = async (
  flow: Flow,
  definitions: readonly ImageDefinition[],
): Promise<ReadonlyMap<string, number>> => {
  const column = (pick: (definition: ImageDefinition) => string) => definitions.map(pick);
  const { rows } = await sql<{ component: string; last: number }>`
    insert into release_number (component, version, last)
    select component, version, 1
    from unnest(${column(({ component }) => component)}::text[], ${column(({ version }) => version)}::text[])
      as planned(component, version)
    order by component, version
    on conflict (component, version) do update set last = release_number.last + 1
    returning component, last`.execute(flow.tx);
  return new Map(rows.map(({ component, last }) => [component, last]));
};

const layerParentOf = ({ parents }: ImageDefinition): ImageName | undefined => {
  const parent = parents.find(({ edge }) => edge === 'layer');
  return parent?.kind === 'image' ? parent.image : undefined;
};

/**
 * The build of the layer parent that it is made upon: planned with it, under way, or the baseline. That may be undecided,
 * so it is named too: nothing is released before what it is made upon.
 */
const parentBuildOf = (
  to: ToWrite,
  definition: ImageDefinition,
  ids: Reserved['baselines'],
  written: Written,
): number | undefined => {
  const parent = layerParentOf(definition);
  if (parent === undefined) return undefined;
  return written.builds.get(parent) ?? ids.get(to.baselines.get(parent) ?? '');
};

/** Of layer parents that are neither planned nor under way. */
const parentBaselines = (to: ToWrite): readonly Nvr[] => {
  const planned = new Set(to.plan.order);
  const nvrs = to.plan.order.flatMap((image) => {
    const parent = layerParentOf(definitionOf(to, image));
    if (parent === undefined || planned.has(parent) || to.underWay.has(parent)) return [];
    return to.baselines.get(parent) ?? [];
  });
  return [...new Set(nvrs)];
};

const idsOf = async (flow: Flow, nvrs: readonly Nvr[]): Promise<ReadonlyMap<string, number>> => {
  if (nvrs.length === 0) return new Map();
  const rows = await flow.tx.selectFrom('build').select(['nvr', 'id']).where('nvr', 'in', nvrs).execute();
  return new Map(rows.map(({ nvr, id }) => [nvr, id]));
};
