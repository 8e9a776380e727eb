/** The completion event with its parts: arches and where they come from, what changed, what it was built for. */
import { ImageDowngraded, ImageReleased, type RpmChange } from '../../../schemas/events/releasing.ts';
import { type Arch, IndexDigest, ManifestDigest, Nvr } from '../../../schemas/ids.ts';
import { differenceOf } from '../../content/difference.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { contentOf } from '../contents/content-of.ts';
import type { Build } from '../move.ts';
import { pullspecOf } from '../registry-paths.ts';
import { fixedAdvisories } from './fixed-advisories.ts';
import type { Release } from './release-job.ts';

/** In an event at most so many changes an arch; `rpmChangeCount` counts them all. */
const inEvent = 100;

export const sayReleased = async (
  flow: Flow,
  build: Build,
  previous: Build | undefined,
  release: Release,
): Promise<void> => {
  const entries = await flow.tx
    .selectFrom('index_entry')
    .selectAll()
    .where('build', '=', build.id)
    .orderBy('arch')
    .execute();
  const changes = await rpmChanges(flow, build, previous);
  const advisories = await fixedAdvisories(flow, build.distro_release, changes);
  const causes = await flow.tx
    .selectFrom('build_cause')
    .innerJoin('rebuild', 'rebuild.id', 'build_cause.rebuild')
    .select(['rebuild.id', 'rebuild.reference'])
    .where('build_cause.build', '=', build.id)
    .orderBy('rebuild.id')
    .limit(50)
    .execute();
  const decision = await flow.tx
    .selectFrom('decision')
    .select('id')
    .where('build', '=', build.id)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  const released_message = await flow.say(ImageReleased, {
    schemaVersion: 1,
    aggregate: { kind: 'build', id: String(build.id), seq: build.seq },
    nvr: release.nvr,
    image: release.image,
    indexDigest: release.indexDigest,
    ...(previous?.index_digest ? { previousIndexDigest: IndexDigest.parse(previous.index_digest) } : {}),
    pullspec: pullspecOf(release.to, release.indexDigest),
    tags: release.tags,
    arches: entries.map((entry) => ({
      arch: entry.arch,
      manifestDigest: ManifestDigest.parse(entry.manifest_digest),
      ...(entry.carried_from === null ? {} : { carriedFrom: Nvr.parse(entry.carried_from) }),
    })),
    rpmChanges: Object.fromEntries([...changes].map(([arch, list]) => [arch, list.slice(0, inEvent)])),
    rpmChangeCount: [...changes.values()].reduce((sum, list) => sum + list.length, 0),
    advisories: advisories.slice(0, inEvent),
    advisoryCount: advisories.length,
    causes: causes.map(({ id, reference }) => ({ rebuild: id, reference })),
    decision: decision.id,
  });
  await tellDowngraded(flow, build, release, changes);
  // What others do because of it names this message.
  await flow.tx.updateTable('build').set({ released_message }).where('id', '=', build.id).execute();
};

/** Somebody ought to know: repositories were rolled back, or another one was taken first. */
const tellDowngraded = async (
  flow: Flow,
  build: Build,
  { nvr, image, indexDigest }: Release,
  changes: ReadonlyMap<Arch, readonly RpmChange[]>,
): Promise<void> => {
  const lower = [...changes].flatMap(([arch, all]) => {
    const downgraded = all.filter(({ kind }) => kind === 'downgraded');
    return downgraded.length === 0 ? [] : [[arch, downgraded.slice(0, inEvent)] as const];
  });
  if (lower.length === 0) return;
  const names = [...new Set(lower.flatMap(([, all]) => all.map(({ name }) => name)))];
  flow.log.warn({ nvr, image, downgraded: names }, 'a release has packages in lower versions than before');
  await flow.say(ImageDowngraded, {
    schemaVersion: 1,
    aggregate: { kind: 'build', id: String(build.id), seq: build.seq },
    nvr,
    image,
    indexDigest,
    downgraded: Object.fromEntries(lower),
  });
};

/** Per arch, against the release before; empty for a first release. */
export const rpmChanges = async (
  flow: Pick<Flow, 'tx'>,
  build: Pick<Build, 'id'>,
  previous: Pick<Build, 'id'> | undefined,
): Promise<Map<Arch, readonly RpmChange[]>> => {
  const changes = new Map<Arch, readonly RpmChange[]>();
  if (previous === undefined) return changes;
  const pairs = await flow.tx
    .selectFrom('index_entry as now')
    .innerJoin('index_entry as before', 'before.arch', 'now.arch')
    .select(['now.arch', 'now.manifest_digest as after', 'before.manifest_digest as before'])
    .where('now.build', '=', build.id)
    .where('before.build', '=', previous.id)
    .whereRef('now.manifest_digest', '!=', 'before.manifest_digest')
    .orderBy('now.arch')
    .execute();
  for (const pair of pairs) {
    const [before, after] = [await contentOf(flow.tx, pair.before), await contentOf(flow.tx, pair.after)];
    changes.set(pair.arch, differenceOf(before, after));
  }
  return changes;
};
