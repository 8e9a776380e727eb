/** Looking at RPM repositories: asked for by messages, by closing rebuilds and by time; what they offer goes to the store. */
import { sql } from 'kysely';
import { z } from 'zod';
import { OffersChanged } from '../../../schemas/events/planning.ts';
import { type LoadedDistroRelease, RpmRepository } from '../../../schemas/files/distro-release.ts';
import { Arch, DistroReleaseName } from '../../../schemas/ids.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { distroReleasesInForce } from '../defining/in-force.ts';
import { closeTimer, lockCollecting } from '../planning/collect.ts';
import { wakeHolds } from '../planning/held.ts';
import type { Settings } from '../settings.ts';
import type { Staged } from './stage-listing.ts';
import { type News, writeListing } from './write-listing.ts';

export const readJob = 'read-repository';

/** One repository for one arch. `wantedAt` is when the look was asked for: the look is at least as new as that. */
export const Look = z.object({
  distroRelease: DistroReleaseName,
  arch: Arch,
  releasever: z.string(),
  repository: RpmRepository,
  wantedAt: z.iso.datetime(),
});
export type Look = z.infer<typeof Look>;

/** What a look found. */
export type Found =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'unreadable'; readonly error: string }
  | {
      readonly kind: 'changed';
      readonly repomdChecksum: string;
      readonly etag: string | undefined;
      readonly lastModified: string | undefined;
      readonly staged: Staged;
    };

/** Wants a fresh look at every repository of a distro release, on each arch, or of all. */
export const wantLook = async (flow: Flow, distroRelease?: string): Promise<void> => {
  for (const release of await distroReleasesInForce(flow, distroRelease)) {
    for (const pair of pairsOf(release)) await wantLookAt(flow, pair);
  }
};

const wantLookAt = (flow: Flow, { release, repository, arch }: Pair): Promise<void> => {
  const inputs: z.input<typeof Look> = {
    distroRelease: release.name,
    arch,
    releasever: release.releasever,
    repository,
    wantedAt: flow.now.toISOString(),
  };
  const key = keyOf(release.name, repository.id, arch);
  return flow.job({ kind: readJob, key, inputs, due: flow.now, again: true });
};

const keyOf = (distroRelease: string, repository: string, arch: string): string =>
  `${distroRelease}/${repository}/${arch}`;

/** Distro release, repository and arch in one word. */
export const placeOf = (look: Look): string => keyOf(look.distroRelease, look.repository.id, look.arch);

/** One repository for one arch. */
interface Pair {
  readonly release: LoadedDistroRelease;
  readonly repository: LoadedDistroRelease['repositories'][number];
  readonly arch: Arch;
}

const pairsOf = (release: LoadedDistroRelease): Pair[] =>
  release.repositories.flatMap((repository) =>
    release.arches
      .filter((arch) => repository.arches === undefined || repository.arches.includes(arch))
      .map((arch) => ({ release, repository, arch })),
  );

/** What was not looked at lately, and why. */
export interface Stale {
  readonly reason: string;
  /** Undefined where there is nothing to look at, or it could not be read and is tried again in its own time. */
  readonly lookAt: Pair | undefined;
  /** It cannot be read now, but could be before: what it offered then is still known. */
  readonly knownFromBefore: boolean;
}

/** Repositories of a distro release that were not looked at since. */
export const staleRepositories = async (flow: Flow, distroRelease: string, since: Date): Promise<Stale[]> => {
  const [[release], states] = await Promise.all([
    distroReleasesInForce(flow, distroRelease),
    flow.tx.selectFrom('repository_state').selectAll().where('distro_release', '=', distroRelease).execute(),
  ]);
  if (release === undefined) {
    return [
      {
        reason: `no distro release ${distroRelease} is configured any more`,
        lookAt: undefined,
        knownFromBefore: false,
      },
    ];
  }
  return pairsOf(release).flatMap((pair) => {
    const { repository, arch } = pair;
    const state = states.find((each) => each.repository === repository.id && each.arch === arch);
    if (state?.checked_at && state.checked_at >= since) return [];
    const error = state?.error ?? undefined;
    const reason = `${repository.id} for ${arch}: ${error ?? 'not read yet'}`;
    const knownFromBefore = error !== undefined && state?.checked_at !== null;
    return [{ reason, lookAt: error === undefined ? pair : undefined, knownFromBefore }];
  });
};

/**
 * Wants a look wherever none is under way or due. One that is may be too old when it ends, as it was asked for before
 * the newest nomination: its end closes the rebuild again, and then it is asked for once more.
 */
export const lookAtStale = async (flow: Flow, stale: readonly Stale[]): Promise<void> => {
  const keys = await flow.tx
    .selectFrom('job')
    .select('key')
    .where('kind', '=', readJob)
    .where((eb) =>
      eb.or([eb('state', '=', 'running'), eb.and([eb('state', '=', 'waiting'), eb('due', '<=', flow.now)])]),
    )
    .execute();
  const coming = new Set(keys.map(({ key }) => key));
  for (const { lookAt } of stale) {
    if (lookAt === undefined) continue;
    const { release, repository, arch } = lookAt;
    if (!coming.has(keyOf(release.name, repository.id, arch))) await wantLookAt(flow, lookAt);
  }
};

/** Writes down what a look found, says what is new on offer, and comes back later. */
export const looked = async (flow: Flow, settings: Settings, look: Look, found: Found): Promise<void> => {
  const error = found.kind === 'unreadable' ? found.error : null;
  const since = await offeredSince(flow, look);
  const news = found.kind === 'changed' ? await takeOver(flow, look, found.staged, since) : nothingNew;
  const seen = found.kind === 'unreadable' ? {} : { checked_at: new Date(look.wantedAt) };
  const stand =
    found.kind === 'changed'
      ? {
          repomd_checksum: found.repomdChecksum,
          etag: found.etag ?? null,
          last_modified: found.lastModified ?? null,
          changed_at: flow.now,
        }
      : {};
  const row = { ...seen, ...stand, error };
  await flow.tx
    .insertInto('repository_state')
    .values({ distro_release: look.distroRelease, repository: look.repository.id, arch: look.arch, ...row })
    .onConflict((oc) => oc.columns(['distro_release', 'repository', 'arch']).doUpdateSet(row))
    .execute();
  if (news.sources.length + news.modules.length + news.readvised.length > 0)
    await sayOffers(flow, look, news, since);
  // Something may be waited for in vain.
  if (news.less) await wakeHolds(flow, look.distroRelease);
  if (error !== null)
    flow.log.warn({ repository: look.repository.id, arch: look.arch, error }, 'repository cannot be read');
  await flow.timer({ kind: closeTimer, key: look.distroRelease, due: flow.now });
  const wait =
    error === null ? settings.repositoryInterval : Math.min(settings.repositoryInterval, retryAfter);
  const due = new Date(flow.now.getTime() + wait * 1000);
  const inputs = { ...look, wantedAt: due.toISOString() };
  await flow.job({ kind: readJob, key: placeOf(look), inputs, due, again: true });
};

const nothingNew: News = { sources: [], modules: [], readvised: [], less: false };

const takeOver = (flow: Flow, look: Look, staged: Staged, since: Date): Promise<News> => {
  const { distroRelease, arch } = look;
  const repository = look.repository.id;
  if (staged.unusable.length > 0)
    flow.log.warn({ repository, arch, unusable: staged.unusable }, 'modules were passed over');
  return writeListing(flow, { distroRelease, repository, arch, place: placeOf(look) }, staged, since);
};

/**
 * The time from which on a plan sees these offers. Plans are made under the same lock, so one that did not see them
 * was closed before: this is later than the start of this transaction, which may be earlier than that plan's.
 */
const offeredSince = async (flow: Flow, look: Look): Promise<Date> => {
  await lockCollecting(flow, look.distroRelease);
  const { rows } = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(flow.tx);
  const at = rows[0]?.at ?? flow.now;
  return new Date(Math.max(at.getTime(), flow.now.getTime()));
};

/** Seconds until an unreadable repository is tried again. */
const retryAfter = 15;

const sayOffers = (flow: Flow, look: Look, { sources, modules, readvised }: News, since: Date) =>
  flow.say(OffersChanged, {
    schemaVersion: 1,
    aggregate: {
      kind: 'offers',
      id: placeOf(look),
      seq: since.getTime(),
    },
    distroRelease: look.distroRelease,
    arches: [look.arch],
    sources: sources.slice(0, 200),
    sourceCount: sources.length,
    ...(modules.length === 0 ? {} : { modules: modules.slice(0, 200) }),
    ...(readvised.length === 0 ? {} : { readvised: readvised.slice(0, 200) }),
  });
