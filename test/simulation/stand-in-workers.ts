/**
 * Stand in for image-builders: they announce themselves when the timer of leases rings, take commands from their own
 * queues, and report what follows from the inputs alone, without building anything.
 */
import { z } from 'zod';
import {
  Announcement,
  type BuildCommand,
  Command,
  type Report,
  type TestCommand,
} from '../../schemas/commands/run.ts';
import { ContentList, Rpm } from '../../schemas/content.ts';
import { type Arch, ContentId, ManifestDigest } from '../../schemas/ids.ts';
import { exchangeName, workerQueueName } from '../../src/bus/names.ts';
import type { Outgoing } from '../../src/bus/port.ts';
import { leaseTimer } from '../../src/flows/dispatching/workers.ts';
import { uuidv7 } from '../../src/runtime/uuid.ts';
import { workerMessage } from '../../src/runtime/worker-message.ts';
import { arches, digestOfText, settings } from './fleet.ts';
import type { InMemoryRegistry } from './in-memory-registry.ts';
import type { InMemoryRepositories } from './in-memory-repositories.ts';
import type { Outside } from './post.ts';

type RunCommand = BuildCommand | TestCommand;
type Failure = Extract<Report, { kind: 'failed' }>['failureClass'];

/** What becomes of a run instead of what follows from its inputs. `vanish`: it is never heard of again. */
export type Mishap = 'refuse' | 'vanish' | 'test-fails' | Failure;

/** @param attempt - how often such a run was asked for, this time included */
export type Mishaps = (command: RunCommand, attempt: number) => Mishap | undefined;

/** Says messages of others. */
export type Meanwhile = (command: RunCommand) => Promise<readonly Outgoing[]>;

export interface StandInWorker {
  readonly name: string;
  readonly arches: readonly Arch[];
  readonly slots: number;
}

const aWorker = (name: string, on: readonly Arch[], slots: number): StandInWorker => ({
  name,
  arches: on,
  slots,
});

const usualWorkers: readonly StandInWorker[] = [
  ...arches.map((arch) => aWorker(`on-${arch}`, [arch], 2)),
  aWorker('on-both', arches, 1),
];

interface WorkersOptions {
  readonly registry: InMemoryRegistry;
  readonly repositories: InMemoryRepositories;
  readonly workers?: readonly StandInWorker[];
  readonly mishaps: Mishaps;
  /** What happens in the world when a worker takes a command. */
  readonly meanwhile: Meanwhile;
}

/** A message of a worker to itself: it has worked on the run for some time. */
const workDone = 'simulation';

export interface StandInWorkers extends Outside {
  /** Every worker's announcement, for the beginning. */
  announcements(): readonly Outgoing[];
  /** Every build command that was taken, in order. */
  readonly built: readonly BuildCommand[];
  /** Tells a worker's queue from one that is gone. */
  leave(name: string): void;
}

export const standInWorkers = (options: WorkersOptions): StandInWorkers => {
  const { workers = usualWorkers, mishaps } = options;
  // Of this world: a store that it goes on with may know others by the same names.
  const incarnation = uuidv7();
  const present = new Map(workers.map((worker) => [workerQueueName(settings.instance, worker.name), worker]));
  const inHand = new Map<string, Set<string>>(workers.map(({ name }) => [name, new Set()]));
  const asked = new Map<string, number>();
  const built: BuildCommand[] = [];

  const announcements = () =>
    [...present.values()].map((worker) => announcement({ ...worker, incarnation }, runsOf(worker)));
  const runsOf = ({ name }: StandInWorker): Set<string> => inHand.get(name) ?? new Set();
  const attemptAt = (command: RunCommand): number => {
    const key = [command.kind, command.nvr, command.arch].join(' ');
    asked.set(key, (asked.get(key) ?? 0) + 1);
    return asked.get(key) ?? 1;
  };
  const take = (worker: StandInWorker, command: RunCommand): readonly Outgoing[] => {
    const mishap = mishaps(command, attemptAt(command));
    const say = (report: ReportBody) => reportOf(worker, command, report);
    if (mishap === 'refuse') return [say({ kind: 'refused', reason: 'no slot is free' })];
    if (command.kind === 'build') built.push(command);
    if (mishap === 'vanish') return [say({ kind: 'started' })];
    runsOf(worker).add(command.run);
    const end = endOf(options, command, mishap);
    return [say({ kind: 'started' }), { ...say(end), exchange: workDone }];
  };
  return {
    announcements,
    built,
    leave: (name) => {
      present.delete(workerQueueName(settings.instance, name));
    },
    takes: (message) =>
      message.exchange === workDone ||
      message.routingKey === `internal.timer.${leaseTimer}` ||
      (message.exchange === exchangeName(settings.instance, 'workers') && present.has(message.routingKey)),
    answer: async (message) => {
      if (message.exchange === workDone) return endWork(message, inHand);
      const worker = present.get(message.routingKey);
      if (worker === undefined) return announcements();
      const command = Command.parse(JSON.parse(message.body.toString('utf8')));
      if (command.kind !== 'cancel') return [...(await options.meanwhile(command)), ...take(worker, command)];
      runsOf(worker).delete(command.run);
      return [];
    },
  };
};

/** The report of a run's end goes out, unless it was cancelled meanwhile. */
const endWork = (message: Outgoing, inHand: ReadonlyMap<string, Set<string>>): readonly Outgoing[] => {
  const { run, worker } = JSON.parse(message.body.toString('utf8'));
  const held = inHand.get(String(worker))?.delete(String(run)) ?? false;
  return held ? [{ ...message, exchange: exchangeName(settings.instance, 'workers') }] : [];
};

type ReportBody = {
  readonly [Kind in Report['kind']]: Omit<
    Extract<Report, { kind: Kind }>,
    'schemaVersion' | 'run' | 'worker'
  >;
}[Report['kind']];

const reportOf = (worker: StandInWorker, { run }: RunCommand, report: ReportBody): Outgoing =>
  workerMessage(settings.instance, 'report', { schemaVersion: 1, run, worker: worker.name, ...report }, true);

const announcement = (
  worker: StandInWorker & { incarnation: string },
  runs: ReadonlySet<string>,
): Outgoing => {
  const said = Announcement.parse({
    schemaVersion: 1,
    worker: worker.name,
    incarnation: worker.incarnation,
    arches: worker.arches,
    labels: {},
    slots: worker.slots,
    runs: [...runs],
    queue: workerQueueName(settings.instance, worker.name),
    toolchain: {},
  });
  return workerMessage(settings.instance, 'announce', said, false);
};

const endOf = (options: WorkersOptions, command: RunCommand, mishap: Mishap | undefined): ReportBody => {
  if (mishap === 'infrastructure' || mishap === 'source' || mishap === 'content')
    return { kind: 'failed', failureClass: mishap, error: `as the simulation wants it: ${mishap}` };
  const log = options.registry.putArtifact(command.destination, { log: command.run });
  if (command.kind === 'build') return { ...build(options, command), log };
  const passed = mishap !== 'test-fails';
  const result = passed ? 'passed' : 'failed';
  return { kind: 'tested', result, exitCode: passed ? 0 : 1, output: result, log };
};

const StandInManifest = z.object({ contentId: ContentId, rpms: z.array(Rpm) });

/** Equal inputs make equal content; the stamped manifest differs by NVR. */
const build = ({ registry, repositories }: WorkersOptions, command: BuildCommand) => {
  const parent = command.parents.find(({ edge }) => edge === 'layer')?.manifestDigest;
  const below = parent === undefined ? undefined : StandInManifest.parse(registry.read(parent));
  const own = command.recipe.kind === 'packages' ? command.recipe.packages : [];
  const ofModule =
    command.recipe.kind === 'module'
      ? [repositories.newestOfModule(command.recipe.module, command.arch)]
      : [];
  const upgraded = (rpm: Rpm) =>
    command.upgrade?.some((name) => name === rpm.name || name === '*')
      ? repositories.newest(rpm.name, command.arch)
      : rpm;
  const inherited = (below?.rpms ?? []).filter((rpm) => !own.includes(rpm.name)).map(upgraded);
  const installed = own.map((name) => repositories.newest(name, command.arch));
  const rpms = [...inherited, ...installed, ...ofModule].sort((a, b) => (a.name < b.name ? -1 : 1));
  const taken = command.parents.flatMap(({ edge, manifestDigest }) =>
    edge === 'build-only' && manifestDigest !== undefined
      ? [StandInManifest.parse(registry.read(manifestDigest)).contentId]
      : [],
  );
  const inputs = JSON.stringify([command.image, command.labels, below?.contentId, rpms, ...taken]);
  const contentId = ContentId.parse(digestOfText(inputs));
  const list = ContentList.parse({
    schemaVersion: 1,
    image: command.image,
    arch: command.arch,
    contentId,
    ...(parent === undefined ? {} : { parent }),
    rpms,
  });
  const contentList = registry.putArtifact(command.destination, list);
  const common = { kind: 'built', contentId, contentList, toolchain: {} } as const;
  if (contentId === command.baseline?.contentId)
    return { ...common, outcome: 'unchanged' as const, manifestDigest: command.baseline.manifestDigest };
  const stamped = Buffer.from(JSON.stringify({ nvr: command.nvr, arch: command.arch, contentId, rpms }));
  const manifestDigest = ManifestDigest.parse(
    registry.put(command.destination, stamped, 'application/vnd.oci.image.manifest.v1+json'),
  );
  return { ...common, outcome: 'succeeded' as const, manifestDigest };
};
