/** Which updates of packages that an image has from an external base it brings in itself. */
import type { ImageDefinition } from '../../schemas/files/image.ts';

/** A Containerfile says itself what it upgrades, so it is trusted to where its definition says so, and not otherwise. */
export const upgradePolicyOf = ({
  upgradeInherited,
  recipe,
}: Pick<ImageDefinition, 'upgradeInherited' | 'recipe'>): NonNullable<ImageDefinition['upgradeInherited']> =>
  upgradeInherited ?? (recipe.kind === 'packages' ? 'security' : 'never');
