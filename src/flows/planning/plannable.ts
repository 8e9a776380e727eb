/** Images as the planner is told of them: their definitions, and the baselines that they are set against. */
import type { ImageDefinition } from '../../../schemas/files/image.ts';
import { upgradePolicyOf } from '../../images/upgrade-policy.ts';
import type { Baseline, ParentOf, PlannableImage } from '../../planning/plan-types.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { plannableModules } from './plan-modules.ts';
import { readBaselines } from './read-baselines.ts';

/** In the order of the definitions. */
export const plannableImages = async (
  read: Pick<Flow, 'tx'>,
  definitions: readonly ImageDefinition[],
): Promise<readonly PlannableImage[]> => {
  const baselines = await readBaselines(
    read,
    definitions.map(({ name }) => name),
  );
  const modules = await plannableModules(read, definitions);
  return definitions.map((definition) => ({
    ...plannable(definition, baselines.get(definition.name)),
    module: modules.get(definition.name),
  }));
};

const plannable = (definition: ImageDefinition, baseline: Baseline | undefined): PlannableImage => ({
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
