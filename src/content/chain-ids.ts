/** Names for stacks of layers: equal for equal unpacked bytes, however a registry has them compressed. */
import { createHash } from 'node:crypto';
import { Digest } from '../../schemas/ids.ts';

/**
 * For each layer, the chain id of the stack up to it (OCI image specification, config.md, "Layer ChainID").
 * `diffIds` are the digests of unpacked layers, lowest first.
 */
export const chainIdsOf = (diffIds: readonly Digest[]): readonly Digest[] => {
  const chain: Digest[] = [];
  for (const diffId of diffIds) {
    const below = chain.at(-1);
    chain.push(below === undefined ? diffId : sha256(`${below} ${diffId}`));
  }
  return chain;
};

const sha256 = (text: string): Digest =>
  Digest.parse(`sha256:${createHash('sha256').update(text).digest('hex')}`);
