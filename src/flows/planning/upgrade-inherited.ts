/** Which inherited packages a build on an external base brings up to date. */
import { z } from 'zod';
import type { ImageDefinition } from '../../../schemas/files/image.ts';
import { upgradePolicyOf } from '../../images/upgrade-policy.ts';
import type { Flow } from '../../runtime/consumer.ts';
import type { ArchBuild } from '../move.ts';

const FromBase = z.array(z.looseObject({ kind: z.string(), name: z.string().optional() }));

/**
 * What it is built for, and what its baseline had upgraded: the base still has that as it was, and a rebuild for another
 * reason must not bring it back. Only a package list can be told to; a Containerfile says it itself.
 */
export const upgradeOf = async (
  flow: Flow,
  definition: ImageDefinition,
  archBuild: ArchBuild,
): Promise<{ readonly upgrade?: string[] }> => {
  const policy = upgradePolicyOf(definition);
  const onBase = definition.parents.some(({ kind, edge }) => kind === 'external' && edge === 'layer');
  if (definition.recipe.kind !== 'packages' || !onBase || policy === 'never') return {};
  if (policy === 'always') return { upgrade: ['*'] };
  const reasons = FromBase.safeParse(archBuild.reasons);
  const now = (reasons.success ? reasons.data : []).flatMap(({ kind, name }) =>
    kind === 'base-package' && name !== undefined ? [name] : [],
  );
  const names = [...new Set([...now, ...(await upgradedBefore(flow, archBuild))])].sort();
  return names.length === 0 ? {} : { upgrade: names };
};

const upgradedBefore = async (flow: Flow, { image, arch }: ArchBuild): Promise<readonly string[]> => {
  const rows = await flow.tx
    .selectFrom('current')
    .innerJoin('manifest_rpm as gone', (join) =>
      join.onRef('gone.manifest', '=', 'current.manifest').on('gone.change', '=', 'removed'),
    )
    .innerJoin('rpm as old', 'old.id', 'gone.rpm')
    .innerJoin('manifest_rpm as come', (join) =>
      join.onRef('come.manifest', '=', 'current.manifest').on('come.change', '=', 'added'),
    )
    .innerJoin('rpm as new', (join) =>
      join
        .onRef('new.id', '=', 'come.rpm')
        .onRef('new.name', '=', 'old.name')
        .onRef('new.arch', '=', 'old.arch'),
    )
    .select('new.name')
    .distinct()
    .where('current.image', '=', image)
    .where('current.arch', '=', arch)
    .execute();
  return rows.map(({ name }) => name);
};
