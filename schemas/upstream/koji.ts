/**
 * Koji's messages. None says `required` of anything it has, none has an NVR string or an epoch, and each schema here
 * is a part of a body: which tag first, so that the bulk is set aside before its names are looked at.
 */
import { z } from 'zod';
import { Text } from './names.ts';

/** `buildsys.tag` and `buildsys.untag`: where to. `tag` is null when it was deleted meanwhile. */
export const KojiTagTarget = z.object({ tag: Text.nullish(), instance: Text.nullish() });
export type KojiTagTarget = z.infer<typeof KojiTagTarget>;

/** `buildsys.repo.done`: a build tag's repository was generated anew. */
export const KojiRepoDone = z.object({ tag: Text.min(1), instance: Text.nullish() });
export type KojiRepoDone = z.infer<typeof KojiRepoDone>;

/** Koji's numbers for states of builds, by index. In `buildsys.task.state.change` states are words. */
export const kojiBuildStates = ['BUILDING', 'COMPLETE', 'DELETED', 'FAILED', 'CANCELED'] as const;

/** `buildsys.build.state.change`. */
export const KojiBuildStateChange = z.object({ new: z.number().int().min(0).max(4) });
export type KojiBuildStateChange = z.infer<typeof KojiBuildStateChange>;
