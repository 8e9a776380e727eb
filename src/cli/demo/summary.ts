/** What the demo's rebuild came to: rebuilt, left alone and why, digests, RPM differences, and the proof by running. */
import type { Kysely } from 'kysely';
import type { ImageBrief } from '../../api/wire/image.ts';
import type { RebuildDetail } from '../../api/wire/rebuild.ts';
import { contentOf } from '../../flows/contents/content-of.ts';
import { rpmChanges } from '../../flows/releasing/release-event.ts';
import { formatEvr } from '../../rpm/evr.ts';
import type { Store } from '../../store/connect.ts';
import type { Database } from '../../store/database.ts';
import { demoArches } from './packages.ts';
import type { Pulled } from './pull.ts';

export interface RebuiltImage {
  readonly image: string;
  readonly nvr: string;
  readonly before: string;
  readonly after: string;
  /** Per arch, each change in a few words. */
  readonly changes: Readonly<Record<string, readonly string[]>>;
}

export interface Summary {
  readonly rebuild: number;
  readonly rebuilt: readonly RebuiltImage[];
  readonly leftAlone: readonly { readonly image: string; readonly reason: string }[];
  readonly pulled: readonly Pulled[];
  /** What is not as it should be; empty when all is well. */
  readonly problems: readonly string[];
}

export interface Told {
  readonly store: Store;
  readonly rebuild: RebuildDetail;
  /** Released before and after. */
  readonly before: readonly ImageBrief[];
  readonly after: readonly ImageBrief[];
  readonly source: string;
  /** That must be rebuilt, and no others; sorted. */
  readonly images: readonly string[];
  readonly pulled: readonly Pulled[];
  /** What the pulled image must print. */
  readonly expected: string;
}

export const summarise = async (told: Told): Promise<Summary> => {
  const { rebuild, before, after, pulled } = told;
  const rebuilt: RebuiltImage[] = [];
  const leftAlone: Summary['leftAlone'][number][] = [];
  for (const image of after) {
    const build = rebuild.builds.find((each) => each.image === image.name);
    if (build === undefined || image.released === null) {
      leftAlone.push({ image: image.name, reason: await whyLeftAlone(told, image.name) });
      continue;
    }
    const changes = await changesOf(told.store, build.nvr);
    rebuilt.push({
      image: image.name,
      nvr: build.nvr,
      before: released(before, image.name) ?? '',
      after: image.released.indexDigest,
      changes,
    });
  }
  const rebuiltNames = rebuilt
    .map(({ image }) => image)
    .sort()
    .join(', ');
  const problems = [
    ...(rebuiltNames === told.images.join(', ')
      ? []
      : [`${rebuiltNames || 'nothing'} was rebuilt, and not ${told.images.join(', ')}`]),
    ...rebuild.builds
      .filter(({ state }) => state !== 'released')
      .map(({ nvr, state }) => `${nvr} is ${state}`),
    ...rebuilt
      .filter((image) => image.before === image.after)
      .map(({ image }) => `${image} has the digest it had`),
    ...leftAlone
      .filter(({ image }) => released(before, image) !== released(after, image))
      .map(({ image }) => `${image} was to be left alone and has another digest`),
    ...demoArches
      .filter((arch) => !pulled.some((each) => each.arch === arch))
      .map((arch) => `no image was pulled for ${arch}`),
    ...pulled
      .filter(({ exitCode, output }) => exitCode !== 0 || !output.includes(told.expected))
      .map(({ arch, output }) => `${arch} prints ${JSON.stringify(output)} and not ${told.expected}`),
  ];
  return { rebuild: rebuild.id, rebuilt, leftAlone, pulled, problems };
};

const released = (images: readonly ImageBrief[], image: string): string | undefined =>
  images.find(({ name }) => name === image)?.released?.indexDigest;

/** As the planner said; where the image was not even looked at, what its content says. */
const whyLeftAlone = async ({ store, rebuild, source }: Told, image: string): Promise<string> => {
  const said = rebuild.leftAlone.find((each) => each.image === image);
  if (said !== undefined) return said.reason;
  const held = await store.transaction(async (tx) => {
    const rows = await tx.selectFrom('current').select('manifest').where('image', '=', image).execute();
    const contents = await Promise.all(rows.map((row) => contentOf(tx, row.manifest, [source])));
    return contents.flat().length;
  });
  return held === 0
    ? `holds nothing built from ${source}, on any arch`
    : `holds ${held} packages built from ${source}`;
};

const changesOf = async (store: Store, nvr: string): Promise<Record<string, string[]>> => {
  const changes = await store.transaction(async (tx) => {
    const build = await tx
      .selectFrom('build')
      .select(['id', 'image'])
      .where('nvr', '=', nvr)
      .executeTakeFirstOrThrow();
    return rpmChanges({ tx }, build, await releaseBefore(tx, build));
  });
  return Object.fromEntries(
    [...changes].map(([arch, list]) => [
      arch,
      list.map(({ name, kind, before, after }) =>
        [name, kind, before && formatEvr(before), before && after && '->', after && formatEvr(after)]
          .filter(Boolean)
          .join(' '),
      ),
    ]),
  );
};

const releaseBefore = (db: Kysely<Database>, build: { id: number; image: string }) =>
  db
    .selectFrom('build')
    .select('id')
    .where('image', '=', build.image)
    .where('state', '=', 'released')
    .where('id', '<', build.id)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();

/** For people. */
export const printSummary = (summary: Summary, say: (text: string) => void): void => {
  say('');
  say('Rebuilt:');
  for (const image of summary.rebuilt) {
    say(`  ${image.nvr}`);
    say(`    index ${short(image.before)} -> ${short(image.after)}`);
    for (const [arch, changes] of Object.entries(image.changes))
      say(`    ${arch.padEnd(8)} ${changes.join(', ') || 'no RPM changed'}`);
  }
  say('Left alone:');
  for (const { image, reason } of summary.leftAlone) say(`  ${image}: ${reason}`);
  say('Pulled from the release registry and run:');
  for (const { arch, pullspec, output } of summary.pulled)
    say(`  ${arch.padEnd(8)} ${short(pullspec)} prints: ${output}`);
  for (const problem of summary.problems) say(`PROBLEM: ${problem}`);
};

const short = (text: string): string => text.replace(/(sha256:[0-9a-f]{12})[0-9a-f]+/, '$1');
