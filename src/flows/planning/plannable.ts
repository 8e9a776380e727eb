/** Images as the planner is told of them: their definitions, and the baselines that they are set against. */
import type { ImageDefinition } from '../../../schemas/files/image.ts';
import type { ImageName } from '../../../schemas/ids.ts';
import { upgradePolicyOf } from '../../images/upgrade-policy.ts';
import type { Baseline, ParentOf, PlannableImage, PlannableModule } from '../../planning/plan-types.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { eachOf, inSlices } from '../../runtime/in-slices.ts';
import { type Defined, definitionsOf } from './closure.ts';
import { plannableModules } from './plan-modules.ts';
import { readBaselines } from './read-baselines.ts';

type Read = Pick<Flow, 'tx'>;

/** In the order of the definitions. */
export const plannableImages = async (
  read: Read,
  definitions: readonly ImageDefinition[],
): Promise<readonly PlannableImage[]> =>
  plannableOn(
    read,
    definitions,
    await readBaselines(
      read,
      definitions.map(({ name }) => name),
    ),
  );

/** So many are read at once: of thousands, no more is in memory of what their rows say than is kept. */
const atOnce = 500;

/** The same by the keys of the definitions, with these. */
export const plannableAsDefined = async (
  read: Read,
  defined: readonly Defined[],
): Promise<{
  readonly definitions: ReadonlyMap<ImageName, ImageDefinition>;
  readonly plannable: readonly PlannableImage[];
}> => {
  const all = new Map<ImageName, ImageDefinition>();
  const plannable: PlannableImage[] = [];
  for (let from = 0; from < defined.length; from += atOnce) {
    const some = defined.slice(from, from + atOnce);
    const [definitions, baselines] = await Promise.all([
      definitionsOf(read, some),
      readBaselines(
        read,
        some.map(({ name }) => name),
      ),
    ]);
    for (const definition of definitions) all.set(definition.name, definition);
    plannable.push(...(await plannableOn(read, definitions, baselines)));
  }
  return { definitions: all, plannable };
};

const plannableOn = async (
  read: Read,
  definitions: readonly ImageDefinition[],
  baselines: ReadonlyMap<ImageName, Baseline>,
): Promise<readonly PlannableImage[]> => {
  const modules = await plannableModules(read, definitions);
  return inSlices(
    eachOf(definitions, (definition) =>
      plannable(definition, baselines.get(definition.name), modules.get(definition.name)),
    ),
  );
};

const plannable = (
  definition: ImageDefinition,
  baseline: Baseline | undefined,
  module: PlannableModule | undefined,
): PlannableImage => ({
  name: definition.name,
  component: definition.component,
  version: definition.version,
  distroRelease: definition.distroRelease,
  arches: definition.arches,
  layerParent: parentsOf(definition, 'layer')[0],
  buildParents: parentsOf(definition, 'build-only'),
  autoRebuild: definition.autoRebuild,
  upgradeInherited: upgradePolicyOf(definition),
  onWithdrawal: definition.onWithdrawal,
  followsBuildParents: definition.followsBuildParents,
  module,
  treeId: definition.treeId,
  sourceTime: definition.sourceTime,
  baseline,
});

const parentsOf = (definition: ImageDefinition, edge: 'layer' | 'build-only'): ParentOf[] =>
  definition.parents
    .filter((parent) => parent.edge === edge)
    .map((parent) =>
      parent.kind === 'image'
        ? { kind: 'image', image: parent.image }
        : { kind: 'external', pullspec: parent.pullspec },
    );
