/** The recipe of an arch build: a hash of all that goes into it, known before anything is built. Pure. */
import { createHash } from 'node:crypto';
import type { BuildCommand } from '../../schemas/commands/run.ts';
import { Digest } from '../../schemas/ids.ts';
import type { Solved } from './solve-packages.ts';

export interface Ingredients {
  readonly order: Pick<
    BuildCommand,
    'treeId' | 'arch' | 'parents' | 'releasever' | 'sourceDateEpoch' | 'repositories'
  >;
  readonly solved: Solved;
  readonly toolchain: Readonly<Record<string, string>>;
}

/** Undefined for a command that does not tell the tree. Equal recipes make equal images; others may as well. */
export const recipeOf = ({ order, solved, toolchain }: Ingredients): Digest | undefined => {
  if (order.treeId === undefined) return undefined;
  const parts = [
    order.treeId,
    order.arch,
    order.parents.map(({ edge, pullspec, manifestDigest }) => [edge, manifestDigest ?? pullspec]),
    solved,
    Object.entries(toolchain).sort(([a], [b]) => (a < b ? -1 : 1)),
    order.releasever,
    order.sourceDateEpoch,
    // Imported keys lie in the image's rpmdb.
    [...new Set(order.repositories.flatMap(({ keys }) => keys))].sort(),
  ];
  return Digest.parse(`sha256:${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`);
};
