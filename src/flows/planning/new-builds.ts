/** What the builds of a plan are called before they are written: ids, NVRs, and those of what they are made upon. */
import { sql } from 'kysely';
import type { ImageDefinition } from '../../../schemas/files/image.ts';
import { type ImageName, Nvr } from '../../../schemas/ids.ts';
import type { SourceReference } from '../../planning/causes.ts';
import type { Plan, PlannedArchBuild, PlannedBuild } from '../../planning/plan-types.ts';
import type { Flow } from '../../runtime/consumer.ts';
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

export interface NewArchBuild {
  readonly id: number;
  readonly build: number;
  readonly image: ImageName;
  readonly planned: PlannedArchBuild;
  /** The arch build of its layer parent, where that is planned too, or under way. */
  readonly parent: { readonly id: number; readonly built: boolean } | undefined;
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
  readonly archBuilds: readonly NewArchBuild[];
}

/** In the order of the plan. Adds them to what is `written`. */
export const newBuilds = async (flow: Flow, to: ToWrite, written: Written): Promise<readonly NewBuild[]> => {
  const named = to.plan.builds.map((planned) => ({ planned, definition: definitionOf(to, planned.image) }));
  const numbers = await reserveReleaseNumbers(
    flow,
    named.map(({ definition }) => definition),
  );
  const numbered = await numberedBuilds(flow, named);
  for (const { id, planned } of numbered) written.builds.set(planned.image, id);
  const parents = await parentBuilds(flow, to, numbered, written);
  const archBuilds = await numberedArchBuilds(flow, numbered, written);
  return numbered.map(({ id, planned, definition }) => {
    const releaseNumber = numbers.get(definition.component) ?? 1;
    return {
      id,
      nvr: Nvr.parse(`${definition.component}-${definition.version}-${releaseNumber}`),
      releaseNumber,
      definition,
      planned,
      baseline: to.baselines.get(planned.image),
      parentBuild: parents.get(planned.image),
      archBuilds: archBuilds.get(planned.image) ?? [],
    };
  });
};

interface Numbered {
  readonly id: number;
  readonly planned: PlannedBuild;
  readonly definition: ImageDefinition;
}

const definitionOf = ({ definitions }: ToWrite, image: ImageName): ImageDefinition => {
  const definition = definitions.get(image);
  if (definition === undefined) throw new Error(`the plan builds ${image}, which is not defined`);
  return definition;
};

const numberedBuilds = async (flow: Flow, named: readonly Omit<Numbered, 'id'>[]): Promise<Numbered[]> => {
  const ids = await takeIds(flow.tx, 'build', named.length);
  return ids.flatMap((id, at) => {
    const build = named[at];
    return build === undefined ? [] : [{ ...build, id }];
  });
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

/**
 * The builds of the layer parents that each is made upon: planned with it, under way, or the baseline. That may be
 * undecided, so it is named too: nothing is released before what it is made upon.
 */
const parentBuilds = async (
  flow: Flow,
  to: ToWrite,
  builds: readonly Numbered[],
  written: Written,
): Promise<ReadonlyMap<ImageName, number>> => {
  const parents = builds.flatMap(({ planned: { image }, definition }) => {
    const parent = definition.parents.find(({ edge }) => edge === 'layer');
    return parent?.kind === 'image' ? [{ image, parent: parent.image }] : [];
  });
  const outside = parents.filter(({ parent }) => !written.builds.has(parent));
  const nvrs = outside.flatMap(({ parent }) => to.baselines.get(parent) ?? []);
  const baselines = await idsOf(flow, [...new Set(nvrs)]);
  return new Map(
    parents.flatMap(({ image, parent }) => {
      const id = written.builds.get(parent) ?? baselines.get(to.baselines.get(parent) ?? '');
      return id === undefined ? [] : [[image, id]];
    }),
  );
};

const idsOf = async (flow: Flow, nvrs: readonly Nvr[]): Promise<ReadonlyMap<string, number>> => {
  if (nvrs.length === 0) return new Map();
  const rows = await flow.tx.selectFrom('build').select(['nvr', 'id']).where('nvr', 'in', nvrs).execute();
  return new Map(rows.map(({ nvr, id }) => [nvr, id]));
};

const numberedArchBuilds = async (
  flow: Flow,
  builds: readonly Numbered[],
  { archBuilds }: Written,
): Promise<ReadonlyMap<ImageName, readonly NewArchBuild[]>> => {
  const all = builds.flatMap(({ id, planned }) =>
    planned.arches.map((archBuild) => ({ build: id, image: planned.image, archBuild })),
  );
  const ids = await takeIds(flow.tx, 'arch_build', all.length);
  const byImage = new Map<ImageName, NewArchBuild[]>();
  // Parents come first in a plan.
  for (const [at, { build, image, archBuild }] of all.entries()) {
    const id = ids[at] ?? 0;
    const { parent: upon, arch } = archBuild;
    archBuilds.set(archBuildKey(image, arch), { id, built: false });
    const isBuilt = upon.kind === 'planned' || upon.kind === 'under-way';
    const parent = isBuilt ? archBuilds.get(archBuildKey(upon.image, arch)) : undefined;
    const ofImage = byImage.get(image) ?? [];
    ofImage.push({ id, build, image, planned: archBuild, parent });
    byImage.set(image, ofImage);
  }
  return byImage;
};
