/** The Module Build Service's `mbs.module.state.change`, from 2017's bodies (no context) to today's. */
import { z } from 'zod';
import { ModulePart, Text } from './names.ts';

/** MBS's numbers for states of module builds, by index. */
export const moduleStates = ['init', 'wait', 'build', 'done', 'failed', 'ready', 'garbage'] as const;

export const ModuleStateChange = z.object({
  name: Text.nullish(),
  state: z.number().int().min(0).max(6),
  scratch: z.boolean().nullish(),
});
export type ModuleStateChange = z.infer<typeof ModuleStateChange>;

/** Which module build it is. Without a context it cannot be found in repositories' metadata. */
export const ModuleBuild = z.object({
  name: ModulePart,
  stream: ModulePart,
  version: z.union([ModulePart, z.number().int().nonnegative().transform(String)]),
  context: ModulePart,
});
export type ModuleBuild = z.infer<typeof ModuleBuild>;
