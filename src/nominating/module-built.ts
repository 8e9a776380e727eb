/** Listens to the Module Build Service: a module build is ready, so images with that stream may lack it. */
import type { Nomination } from '../../schemas/nomination.ts';
import { ModuleBuild, ModuleStateChange, moduleStates } from '../../schemas/upstream/mbs.ts';
import type { Knowledge } from './knowledge.ts';
import { ignored, quote, type Reading, read, type UpstreamMessage, understood, unwrap } from './reading.ts';
import { matchesAny } from './topics.ts';

/** UMB's `VirtualTopic.eng.mbs.module.state.change` is one of them. */
export const moduleBuiltTopics: readonly string[] = ['#.mbs.module.state.change'];

const isModule = matchesAny(moduleBuiltTopics);

/** Which images it concerns is for the planner: the message has neither RPMs nor a distro release. */
export const readModuleBuilt = (
  message: UpstreamMessage,
  _knowledge: Knowledge,
): Reading<readonly Nomination[]> => {
  if (!isModule(message.topic)) return ignored('topic not listened to');
  const body = unwrap(message.body);
  const change = read(ModuleStateChange, body);
  if (change.verdict !== 'understood') return change;
  const state = moduleStates[change.as.state];
  if (state !== 'ready') {
    return ignored(
      `module ${quote(change.as.name ?? '')} is in state ${state}: only ready ones are published`,
    );
  }
  if (change.as.scratch === true) return ignored('a scratch build of a module is never published');
  const build = read(ModuleBuild, body);
  if (build.verdict !== 'understood') return build;
  const { name, stream, version, context } = build.as;
  const reference = `${name}:${stream}:${version}:${context}`;
  return understood([{ kind: 'module', name, stream, version, context, severity: 'none', reference }]);
};
