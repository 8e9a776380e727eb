/** Puts a tag where it is wanted, whoever else moves it meanwhile (ARCHITECTURE rule 10). */
import { Digest } from '../../../schemas/ids.ts';
import type { RegistryPort, TagsPort } from '../ports.ts';
import type { WantedTag } from './tags-to-check.ts';

/** Registries have no compare-and-swap: after so many rounds somebody else moves the tag against us. */
const rounds = 10;

/** Puts the tag until the registry and the wanted state agree. A newer release may have changed what is wanted. */
export const settleTag = async (
  tag: WantedTag,
  ports: RegistryPort & Pick<TagsPort, 'desiredTag'>,
): Promise<void> => {
  const { registry, repository } = ports.registry(tag.repository);
  for (let round = 0; round < rounds; round += 1) {
    const wanted = await ports.desiredTag(tag.repository, tag.name);
    const desired = wanted === undefined ? tag.desired : Digest.parse(wanted);
    const head = await registry.headManifest(repository, tag.name);
    if (head?.digest === desired) return;
    await registry.tag(repository, tag.name, desired);
  }
  throw new Error(
    `${tag.repository}:${tag.name} does not stay where it is put; somebody else moves it: only flibs may write there`,
  );
};
