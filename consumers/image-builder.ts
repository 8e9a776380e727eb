/**
 * Listens to the commands in its own queue.
 * Does: builds one arch of one image, or runs its smoke test, touching only bus and registry.
 * Says reports, announcements and log chunks, to the dispatcher alone.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildCommand, TestCommand } from '../schemas/commands/run.ts';
import { ArtifactDigest } from '../schemas/ids.ts';
import { asBuildFailed } from '../src/building/build-failed.ts';
import type { Builder } from '../src/building/builder.ts';
import { stampedImage } from '../src/building/image-config.ts';
import { extractArchive } from '../src/definitions/archive.ts';
import { contentArtifact, logArtifact, sourceArtifact } from '../src/registry/media-types.ts';
import type { Registry } from '../src/registry/registry.ts';
import type { Running } from '../src/runtime/loop.ts';
import { startWorker } from '../src/runtime/worker.ts';
import type { RunContext, RunEnd, WorkerOptions } from '../src/runtime/worker-options.ts';

export const imageBuilder = {
  name: 'image-builder',
  listensTo: 'the commands in its own queue',
  does: 'builds one arch of one image, or runs its smoke test, touching only bus and registry',
  says: 'reports, announcements and log chunks, to the dispatcher alone',
} as const;

export interface ImageBuilderOptions extends Omit<WorkerOptions, 'execute' | 'toolchain'> {
  readonly builder: Pick<Builder, 'toolchain' | 'build' | 'test'>;
  /** Scratch for the runs. */
  readonly runsDir: string;
  /** The registry and the repository within it of `host:port/path`. */
  readonly registry: (place: string) => {
    readonly registry: Pick<
      Registry,
      'getArtifact' | 'pushArtifact' | 'getManifest' | 'putBlob' | 'putManifest'
    >;
    readonly repository: string;
  };
}

export const startImageBuilder = (options: ImageBuilderOptions): Promise<Running> =>
  startWorker({
    ...options,
    toolchain: options.builder.toolchain,
    execute: (command, context) =>
      command.kind === 'build' ? build(options, command, context) : test(options, command, context),
  });

const build = async (
  options: ImageBuilderOptions,
  command: BuildCommand,
  context: RunContext,
): Promise<RunEnd> => {
  const runDir = await mkdtemp(join(options.runsDir, 'build-'));
  try {
    const sourceDir = join(runDir, 'source');
    await mkdir(sourceDir);
    await extractArchive(await fetchSources(options, command), sourceDir);
    const built = await options.builder.build(command, {
      ...context,
      sourceDir,
      runDir: join(runDir, 'work'),
    });
    if (built.outcome === 'not built') return await notBuilt(options, command, context, built);
    const manifestDigest =
      built.outcome === 'unchanged' ? built.manifestDigest : await putStamped(options, command, built);
    const { registry, repository } = options.registry(command.destination);
    const { contentId, outcome, toolchain, recipe } = built;
    const contentList = await registry.pushArtifact(repository, {
      mediaType: contentArtifact,
      content: Buffer.from(JSON.stringify(built.contentList)),
      tag: `${command.tag}.content`,
    });
    const log = await pushLog(options, command, context, `${command.tag}.log`);
    return {
      kind: 'built',
      outcome,
      manifestDigest,
      contentId,
      contentList,
      log,
      toolchain: { ...toolchain },
      ...(recipe === undefined ? {} : { recipe }),
    };
  } catch (error) {
    return failed(options, command, context, error);
  } finally {
    await rm(runDir, { recursive: true, force: true });
  }
};

/** Nothing to push but the log: all else is the baseline's. */
const notBuilt = async (
  options: ImageBuilderOptions,
  command: BuildCommand,
  context: RunContext,
  { baseline, recipe, toolchain }: Extract<Awaited<ReturnType<Builder['build']>>, { outcome: 'not built' }>,
): Promise<RunEnd> => {
  const { contentId, manifestDigest, contentList } = baseline;
  if (contentList === undefined)
    throw new Error('the command names the recipe of a baseline without its content list');
  const log = await pushLog(options, command, context, `${command.tag}.log`);
  const same = { manifestDigest, contentId, contentList, recipe };
  return { kind: 'built', outcome: 'unchanged', ...same, log, toolchain: { ...toolchain } };
};

const fetchSources = (options: ImageBuilderOptions, command: BuildCommand): Promise<Buffer> => {
  const [place = '', digest = ''] = command.sources.split('@');
  const { registry, repository } = options.registry(place);
  return registry.getArtifact(repository, ArtifactDigest.parse(digest), sourceArtifact);
};

type Pushed = Extract<Awaited<ReturnType<Builder['build']>>, { outcome: 'succeeded' }>;

/** The image as it will be known: the layers that were pushed, under a config with the labels of this build. */
const putStamped = async (options: ImageBuilderOptions, command: BuildCommand, built: Pushed) => {
  const { registry, repository } = options.registry(command.destination);
  const pushed = await registry.getManifest(repository, built.pushed);
  const stamped = stampedImage(pushed.json, built.stamp);
  await registry.putBlob(repository, stamped.config);
  await registry.putManifest(repository, command.tag, stamped.manifest, stamped.mediaType);
  return stamped.manifestDigest;
};

const test = async (
  options: ImageBuilderOptions,
  command: TestCommand,
  context: RunContext,
): Promise<RunEnd> => {
  try {
    const { exitCode, output } = await options.builder.test({ ...command, ...context });
    const log = await pushLog(options, command, context, `test.${command.run}.log`);
    const tail = output.slice(-4096);
    return { kind: 'tested', result: exitCode === 0 ? 'passed' : 'failed', exitCode, output: tail, log };
  } catch (error) {
    return failed(options, command, context, error);
  }
};

/** Says what failed, with the log where the registry still takes it. */
const failed = async (
  options: ImageBuilderOptions,
  command: BuildCommand | TestCommand,
  context: RunContext,
  error: unknown,
): Promise<RunEnd> => {
  const { failureClass, message } = asBuildFailed(error, 'the run');
  context.log.warn({ failureClass, error: message }, 'run failed');
  context.onOutput(`\n${message}\n`);
  try {
    const log = await pushLog(options, command, context, `failed.${command.run}.log`);
    return { kind: 'failed', failureClass, error: message, log };
  } catch (cause) {
    // The registry tells us why it takes nothing; the programs that push to it keep that to themselves.
    const why = cause instanceof Error ? cause.message : String(cause);
    return { kind: 'failed', failureClass, error: `${message}\nits log could not be kept: ${why}` };
  }
};

const pushLog = (
  options: ImageBuilderOptions,
  command: BuildCommand | TestCommand,
  context: RunContext,
  tag: string,
): Promise<ArtifactDigest> => {
  const { registry, repository } = options.registry(command.destination);
  return registry.pushArtifact(repository, {
    mediaType: logArtifact,
    content: Buffer.from(context.printed()),
    tag,
  });
};
