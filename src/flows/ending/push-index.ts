/** The effect of index-assembler: an OCI index of manifests that lie in the repository already. */
import type { IndexDigest } from '../../../schemas/ids.ts';
import { buildIndex } from '../../registry/image-index.ts';
import type { RegistryPort } from '../ports.ts';
import type { Assembly } from './assemble.ts';

/** Repeatable: the same entries make the same bytes under the same tag. @throws Error when a manifest is missing. */
export const pushIndex = async (assembly: Assembly, ports: RegistryPort): Promise<IndexDigest> => {
  const { registry, repository } = ports.registry(assembly.repository);
  const manifests = await Promise.all(
    assembly.entries.map(async ({ arch, manifestDigest }) => {
      const head = await registry.headManifest(repository, manifestDigest);
      if (head === undefined)
        throw new Error(`${assembly.repository} has no manifest ${manifestDigest} for ${arch}`);
      return { arch, digest: manifestDigest, size: head.size, mediaType: head.mediaType };
    }),
  );
  const index = buildIndex(manifests);
  await registry.putManifest(repository, assembly.tag, index.bytes, index.mediaType);
  return index.digest;
};
