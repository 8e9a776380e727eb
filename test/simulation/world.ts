/**
 * All consumers that have the store, with the real flows, in a world of stand-ins: workers, registries, repositories
 * and definitions are in memory, and the scheduler is the broker. Everything else is what production runs.
 */
import type { LoadedDistroRelease } from '../../schemas/files/distro-release.ts';
import type { ImageDefinition } from '../../schemas/files/image.ts';
import type { Rule } from '../../schemas/files/rule.ts';
import { exchangeName } from '../../src/bus/names.ts';
import type { Outgoing } from '../../src/bus/port.ts';
import { type Loaded, loadJob } from '../../src/flows/defining/definitions.ts';
import { dropLogTimer } from '../../src/flows/dispatching/logs.ts';
import { leaseTimer } from '../../src/flows/dispatching/workers.ts';
import { staleArchTimer } from '../../src/flows/ending/best-effort.ts';
import { lookAtBaseJob } from '../../src/flows/looking/external-bases.ts';
import { lookAtRepository } from '../../src/flows/looking/look-at-repository.ts';
import { readJob } from '../../src/flows/looking/repositories.ts';
import { reconcileTimer } from '../../src/flows/nominating/reconcile.ts';
import type { Ports } from '../../src/flows/ports.ts';
import { sweepJob } from '../../src/flows/releasing/tag-sweep.ts';
import { tagsToCheck } from '../../src/flows/releasing/tags-to-check.ts';
import type { Settings } from '../../src/flows/settings.ts';
import type { TestEnvironment } from '../store/an-environment.ts';
import { isAtRest, whatGoesOn } from './at-rest.ts';
import { partsOf } from './cast-of-consumers.ts';
import { digestOfText, fleet, release, settings } from './fleet.ts';
import { type InMemoryBases, inMemoryBases } from './in-memory-bases.ts';
import { type InMemoryRegistry, inMemoryRegistry, type RegistryState } from './in-memory-registry.ts';
import {
  type InMemoryRepositories,
  inMemoryRepositories,
  type RepositoriesState,
} from './in-memory-repositories.ts';
import type { Standing } from './next-due.ts';
import { nobody, type Outside, together } from './post.ts';
import { simulate } from './scheduler.ts';
import type { SimulationOptions, SimulationReport } from './simulation-options.ts';
import {
  type Meanwhile,
  type Mishaps,
  type StandInWorker,
  type StandInWorkers,
  standInWorkers,
} from './stand-in-workers.ts';

export interface World {
  readonly environment: TestEnvironment;
  readonly settings: Settings;
  readonly registry: InMemoryRegistry;
  readonly repositories: InMemoryRepositories;
  readonly workers: StandInWorkers;
  readonly bases: InMemoryBases;
  /** What the definitions-loader reads; may be exchanged between runs. */
  definitions: {
    images: readonly ImageDefinition[];
    releases: readonly LoadedDistroRelease[];
    rules?: readonly Rule[];
  };
  /** How it reads them; may be exchanged between runs. */
  loadDefinitions: Ports['loadDefinitions'];
  /** What becomes of runs; may be exchanged between runs. */
  mishaps: Mishaps;
  /** What happens when a worker takes a command; may be exchanged between runs. */
  meanwhile: Meanwhile;
  /** Who listens to what we say, besides the workers; may be exchanged between runs. */
  bystander: Outside;
  /** How far time was moved so far. */
  aheadMs: number;
  /** Every message of all runs so far. */
  readonly published: readonly Outgoing[];
  /** Until nothing is left to do. Time goes on where the run before ended. */
  run(
    options: Omit<SimulationOptions, 'environment' | 'parts' | 'outside' | 'aheadMs'>,
  ): Promise<SimulationReport>;
}

export interface WorldOptions {
  readonly settings?: Settings;
  readonly workers?: readonly StandInWorker[];
  /** What it goes on with; the store is the caller's affair. */
  readonly after?: SavedWorld;
}

/** What a world remembers outside the store: plain data. */
export interface SavedWorld {
  readonly registry: RegistryState;
  readonly repositories: RepositoriesState;
  readonly aheadMs: number;
  readonly published: readonly Outgoing[];
}

export const savedWorld = ({ registry, repositories, aheadMs, published }: World): SavedWorld => ({
  registry: registry.state,
  repositories: repositories.state,
  aheadMs,
  published,
});

/** What goes on for ever, the dropping of old logs, and reminders of days later. */
export const standing: Standing = {
  timers: [leaseTimer, reconcileTimer, dropLogTimer, staleArchTimer],
  jobs: [readJob, loadJob, sweepJob, lookAtBaseJob],
};

export const aWorld = (environment: TestEnvironment, options: WorldOptions = {}): World => {
  const { after } = options;
  const registry = inMemoryRegistry(after?.registry);
  const repositories = inMemoryRepositories(after?.repositories);
  const published: Outgoing[] = [...(after?.published ?? [])];
  const workers = standInWorkers({
    registry,
    repositories,
    ...(options.workers === undefined ? {} : { workers: options.workers }),
    mishaps: (command, attempt) => world.mishaps(command, attempt),
    meanwhile: (command) => world.meanwhile(command),
  });
  const ports: Ports = {
    registry: registry.registry,
    lookAt: (look, signal) => lookAtRepository(environment.store, look, signal, repositories.read),
    lookAtBase: (look) => world.bases.look(look),
    loadDefinitions: () => world.loadDefinitions(),
    readForeign: () => Promise.reject(new Error('nothing is adopted here')),
    desiredTag: async (repository, name) => {
      const row = await environment.store.db
        .selectFrom('tag')
        .select('desired')
        .where('repository', '=', repository)
        .where('name', '=', name)
        .executeTakeFirst();
      return row?.desired;
    },
    tagsToCheck: () => tagsToCheck(environment.store.db),
  };
  const world: World = {
    environment,
    settings: options.settings ?? settings,
    registry,
    repositories,
    workers,
    bases: inMemoryBases(registry, repositories),
    definitions: { images: fleet, releases: [release] },
    loadDefinitions: async () => loadedFrom(world.definitions),
    aheadMs: after?.aheadMs ?? 0,
    mishaps: () => undefined,
    meanwhile: async () => [],
    bystander: nobody,
    published,
    run: async (how) => {
      const parts = partsOf(world.settings, ports, environment);
      const report = await simulate({
        standing,
        atRest: () => isAtRest(environment.store),
        ...how,
        arriving: [...workers.announcements(), ...(how.arriving ?? [])],
        environment,
        parts,
        outside: together(workers, world.bystander),
        aheadMs: world.aheadMs,
      }).catch(async (cause: unknown) => {
        const goingOn = await whatGoesOn(environment.store);
        throw new Error(`this went on: ${goingOn.join('; ') || 'nothing'}`, { cause });
      });
      world.aheadMs = report.aheadMs;
      published.push(...report.published);
      return report;
    },
  };
  return world;
};

const loadedFrom = ({ images, releases, rules = [] }: World['definitions']): Loaded => ({
  fingerprint: digestOfText(JSON.stringify([images, releases, rules])),
  images,
  releases,
  rules,
  problems: [],
});

/** Bodhi says that an update is stable. */
export const anUpdate = (
  source: string,
  version: string,
  { id, severity = 'medium' }: { id: string; severity?: string },
): Outgoing =>
  upstream('org.fedoraproject.prod.bodhi.update.complete.stable', id, {
    update: {
      alias: 'FEDORA-2026-0123456789',
      type: 'security',
      severity,
      content_type: 'rpm',
      release: { name: 'F40' },
      builds: [{ nvr: `${source}-${version}-1.fc40`, type: 'rpm' }],
    },
  });

/** Koji says that a build has a tag. */
export const aTag = (source: string, version: string, id: string): Outgoing =>
  upstream('org.fedoraproject.prod.buildsys.tag', id, {
    tag: 'f40-updates',
    instance: 'primary',
    name: source,
    version,
    release: '1.fc40',
  });

/** Koji says that a build has lost a tag. */
export const anUntag = (source: string, version: string, id: string): Outgoing =>
  upstream('org.fedoraproject.prod.buildsys.untag', id, {
    tag: 'f40-updates',
    instance: 'primary',
    name: source,
    version,
    release: '1.fc40',
  });

/** MBS says that a module is ready. */
export const aModule = (name: string, id: string, version = '4020261123090000'): Outgoing =>
  upstream('org.fedoraproject.prod.mbs.module.state.change', id, {
    state: 5,
    name,
    stream: '20',
    version,
    context: 'a51370e3',
  });

/** fedora-image-uploader says that `registry.example.org/fedora:40` is another image now. */
export const aBase = (id: string): Outgoing =>
  upstream('org.fedoraproject.prod.fedora_image_uploader.published.v1.container', id, {
    architectures: ['x86_64', 'aarch64'],
    compose_id: 'Fedora-Container-40-20260101.0',
    registries: ['registry.example.org'],
    release: 40,
    repository: 'fedora',
    tags: ['40'],
  });

/** dist-git says that somebody pushed a commit: of an image's own repository, unless told otherwise. */
export const aPush = (id: string, commit: { repo?: string; branch?: string; rev?: string } = {}): Outgoing =>
  upstream('org.fedoraproject.prod.git.receive', id, {
    agent: 'packager',
    commit: { repo: 'base', namespace: 'container', branch: 'f40', rev: 'a'.repeat(40), ...commit },
  });

/** Another one for each text. */
const uuidOf = (text: string): string => {
  const hex = digestOfText(text).slice('sha256:'.length);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
};

const upstream = (routingKey: string, messageId: string, body: unknown): Outgoing => ({
  exchange: exchangeName(settings.instance, 'upstream'),
  routingKey,
  messageId: uuidOf(messageId),
  headers: {},
  body: Buffer.from(JSON.stringify(body)),
  contentType: 'application/json',
  contentEncoding: 'utf-8',
  persistent: true,
  mandatory: false,
});
