/** The effect of the tag sweep: what the registry shows against what is wanted. Never rejects for one tag's sake. */

import { RegistryUnavailable } from '../../registry/registry-errors.ts';
import { newSlots } from '../../runtime/slots.ts';
import { describeError } from '../../store/store-errors.ts';
import type { RegistryPort, TagsPort } from '../ports.ts';
import { settleTag } from './settle-tag.ts';
import type { TagToCheck } from './tags-to-check.ts';

export type TagFinding = { readonly tag: TagToCheck } & (
  | { readonly is: 'right' }
  /** `found`: where it pointed; undefined where it was not there. */
  | { readonly is: 'repaired'; readonly found: string | undefined }
  /** Another release wants it elsewhere now, and sees to that itself. */
  | { readonly is: 'wanted elsewhere' }
  | { readonly is: 'wrong'; readonly problem: string }
);

/** Requests at once. */
const atOnce = 8;

type SweepPorts = RegistryPort & TagsPort;

/** Looks at a bounded number of tags, those unseen for the longest first. */
export const checkTags = async (ports: SweepPorts, signal: AbortSignal): Promise<readonly TagFinding[]> => {
  const tags = await ports.tagsToCheck();
  const inSlot = newSlots(atOnce);
  // A registry that is away would cost its whole patience for each of its tags.
  const away = new Map<string, string>();
  return Promise.all(
    tags.map((tag) =>
      inSlot(async (): Promise<TagFinding> => {
        signal.throwIfAborted();
        const { address } = ports.registry(tag.repository).registry;
        const known = away.get(address);
        if (known !== undefined) return { tag, is: 'wrong', problem: known };
        try {
          return await checkTag(tag, ports);
        } catch (error) {
          const problem = describeError(error);
          if (error instanceof RegistryUnavailable) away.set(address, problem);
          return { tag, is: 'wrong', problem };
        }
      }),
    ),
  );
};

const checkTag = async (tag: TagToCheck, ports: SweepPorts): Promise<TagFinding> => {
  const { registry, repository } = ports.registry(tag.repository);
  const head = await registry.headManifest(repository, tag.name);
  if (head?.digest === tag.desired) return { tag, is: 'right' };
  // Its release is under way; it puts the tag itself, once all it names has been copied.
  if ((await ports.desiredTag(tag.repository, tag.name)) !== tag.desired)
    return { tag, is: 'wanted elsewhere' };
  if ((await registry.headManifest(repository, tag.desired)) === undefined) {
    const problem = `${tag.desired} is gone from ${tag.repository}, so the tag cannot point to it: build and release the image again`;
    return { tag, is: 'wrong', problem };
  }
  await settleTag(tag, ports);
  return { tag, is: 'repaired', found: head?.digest };
};
