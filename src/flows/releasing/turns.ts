/** One candidate of an image is with CI at a time; the next waits for its turn, unless it is critical. */
import { ImageCandidateReady } from '../../../schemas/events/building.ts';
import { ImageName, IndexDigest, ManifestDigest, Nvr } from '../../../schemas/ids.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { endBuild } from '../ending/end-build.ts';
import { lockNamed } from '../lock.ts';
import { type Build, lockBuild, moveBuild, withCi } from '../move.ts';
import { nominateAgain } from '../nominating/nominate-again.ts';
import type { Settings } from '../settings.ts';

/** Held by who gives or takes a turn; comes before the locks of builds. */
export const lockTurns = (flow: Flow, image: string): Promise<void> => lockNamed(flow, `turns of ${image}`);

const isInTheCandidateRegistry = 'its index lies in the candidate registry';

/**
 * Makes a build, with the index that was made for it, a candidate, or holds it until the candidate that is with CI is
 * done. A critical one takes the place of that, which is superseded, unless it carries arches of it.
 * @returns the build as it is then; undefined where it may not become either.
 */
export const takeTurn = async (flow: Flow, settings: Settings, build: Build): Promise<Build | undefined> => {
  const { index_digest, pullspec } = build;
  const other = await candidateWithCi(flow, build);
  if (other !== undefined && !(await mayDisplace(flow, build, other))) {
    const waiting = `${other.nvr} is with CI: one candidate of an image at a time`;
    return moveBuild(flow, build, 'held', waiting, { index_digest, pullspec, waiting });
  }
  if (other !== undefined) await displace(flow, settings, other, build);
  const made = { index_digest, pullspec, candidate_at: flow.now };
  return moveBuild(flow, build, 'candidate', isInTheCandidateRegistry, made);
};

const candidateWithCi = async (flow: Flow, { id, image }: Build): Promise<Build | undefined> => {
  const row = await flow.tx
    .selectFrom('build')
    .select('id')
    .where('image', '=', image)
    .where('state', 'in', withCi)
    .where('id', '!=', id)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  const other = row === undefined ? undefined : await lockBuild(flow, row.id);
  return other !== undefined && withCi.includes(other.state) ? other : undefined;
};

const mayDisplace = async (flow: Flow, build: Build, other: Build): Promise<boolean> => {
  if (build.severity !== 'critical') return false;
  const carried = await flow.tx
    .selectFrom('index_entry')
    .select('arch')
    .where('build', '=', build.id)
    .where('carried_from', '=', other.nvr)
    .limit(1)
    .executeTakeFirst();
  return carried === undefined;
};

const displace = async (flow: Flow, settings: Settings, other: Build, by: Build): Promise<void> => {
  const reason = `${by.nvr} is critical`;
  const [, ...dependants] = await endBuild(flow, settings, other, 'superseded', reason);
  await nominateAgain(flow, other, dependants, `superseded: ${reason}`);
};

/** Called when a candidate is with CI no more. The oldest that waits comes first: later ones may carry its arches. */
export const nextTurn = async (flow: Flow, settings: Settings, image: string): Promise<void> => {
  await lockTurns(flow, image);
  const row = await flow.tx
    .selectFrom('build')
    .select('id')
    .where('image', '=', image)
    .where('state', '=', 'held')
    .where('index_digest', 'is not', null)
    .where('candidate_at', 'is', null)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  const next = row === undefined ? undefined : await lockBuild(flow, row.id);
  if (next?.state !== 'held' || (await candidateWithCi(flow, next)) !== undefined) return;
  const moved = await takeTurn(flow, settings, next);
  if (moved) await sayCandidate(flow, moved);
};

/** It is CI's from now on. */
export const sayCandidate = async (flow: Flow, build: Build): Promise<void> => {
  const [entries, stale] = await Promise.all([
    flow.tx.selectFrom('index_entry').selectAll().where('build', '=', build.id).orderBy('arch').execute(),
    flow.tx
      .selectFrom('stale_arch')
      .select('stale')
      .where('image', '=', build.image)
      .where('nvr', '=', build.nvr)
      .orderBy('arch')
      .execute(),
  ]);
  await flow.say(ImageCandidateReady, {
    schemaVersion: 1,
    aggregate: { kind: 'build', id: String(build.id), seq: build.seq },
    nvr: Nvr.parse(build.nvr),
    image: ImageName.parse(build.image),
    indexDigest: IndexDigest.parse(build.index_digest),
    pullspec: build.pullspec ?? '',
    arches: entries.map((entry) => ({
      arch: entry.arch,
      manifestDigest: ManifestDigest.parse(entry.manifest_digest),
      ...(entry.carried_from === null ? {} : { carriedFrom: Nvr.parse(entry.carried_from) }),
    })),
    ...(stale.length > 0 && { stale: stale.map((row) => row.stale) }),
  });
};
