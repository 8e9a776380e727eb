/** Definitions and distro releases, taken over whole as a new revision; images that differ from their baseline are nominated. */
import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { DefinitionsChanged } from '../../../schemas/events/planning.ts';
import { LoadedDistroRelease } from '../../../schemas/files/distro-release.ts';
import { ImageDefinition } from '../../../schemas/files/image.ts';
import type { Rule } from '../../../schemas/files/rule.ts';
import { type DistroReleaseName, ImageName } from '../../../schemas/ids.ts';
import type { PolicySet } from '../../gating/policy-yaml.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { insertRows } from '../../store/insert-rows.ts';
import { baselineStates } from '../baseline.ts';
import { lockNamed } from '../lock.ts';
import { wantLook } from '../looking/repositories.ts';
import { nominate } from '../nominating/nominate.ts';
import type { Settings } from '../settings.ts';
import { noPolicies, writePolicies } from './policies.ts';
import { writeRules } from './rules.ts';

export const loadJob = 'load-definitions';

/** What the loader read: all of it, whether or not it differs. */
export interface Loaded {
  readonly fingerprint: string;
  /** Of a git source. */
  readonly commit?: string | undefined;
  readonly images: readonly ImageDefinition[];
  readonly releases: readonly LoadedDistroRelease[];
  /** Of what is rebuilt, and when. */
  readonly rules?: readonly Rule[];
  /** Of the gate. */
  readonly policies?: PolicySet;
  /** Folders that cannot be taken, with what is wrong there; `gate.policies` is that of the policies. */
  readonly problems: readonly { readonly folder: string; readonly problems: readonly string[] }[];
}

/** Asks for a look at the definitions, now. */
export const wantDefinitions = (flow: Flow): Promise<void> =>
  flow.job({ kind: loadJob, key: 'definitions', inputs: {}, due: flow.now, again: true });

/** Writes a new revision where anything differs, and comes back later. */
export const loaded = async (flow: Flow, settings: Settings, given: Loaded): Promise<void> => {
  await writeProblems(flow, given.problems);
  const due = new Date(flow.now.getTime() + settings.definitionsInterval * 1000);
  await flow.job({ kind: loadJob, key: 'definitions', inputs: {}, due, again: true });
  // One writer of revisions at a time.
  await lockNamed(flow, 'definitions');
  const latest = await flow.tx
    .selectFrom('definitions_revision')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (latest?.fingerprint === given.fingerprint) return;
  const { id: revision } = await flow.tx
    .insertInto('definitions_revision')
    .values({ fingerprint: given.fingerprint, loaded_at: flow.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await writeRules(flow, revision, given.rules ?? []);
  await writePolicies(flow, revision, given.policies ?? noPolicies);
  const releasesChanged = await writeReleases(flow, revision, given.releases);
  const changed = await writeImages(flow, revision, given.images);
  await flow.say(DefinitionsChanged, {
    schemaVersion: 1,
    aggregate: { kind: 'definitions', id: 'definitions', seq: revision },
    revision,
    imageCount: given.images.length,
    changed: changed.slice(0, 200).map((image) => ImageName.parse(image.name)),
  });
  for (const release of releasesChanged) await wantLook(flow, release);
  const commit = given.commit === undefined ? '' : `, commit ${given.commit.slice(0, 12)}`;
  await nominateChanged(flow, changed, `definitions, revision ${revision}${commit}`);
};

const writeProblems = async (flow: Flow, problems: Loaded['problems']): Promise<void> => {
  await flow.tx
    .deleteFrom('definition_problem')
    .$if(problems.length > 0, (query) =>
      query.where(
        'folder',
        'not in',
        problems.map((each) => each.folder),
      ),
    )
    .execute();
  if (problems.length === 0) return;
  const rows = problems.map(({ folder, problems: found }) => ({
    folder,
    problems: [...found],
    since: flow.now,
  }));
  await flow.tx
    .insertInto('definition_problem')
    .values(rows)
    .onConflict((oc) => oc.column('folder').doUpdateSet((eb) => ({ problems: eb.ref('excluded.problems') })))
    .execute();
  for (const { folder, problems: found } of rows)
    flow.log.warn({ folder, problems: found }, 'definition refused');
};

/** Ends the rows of releases that differ or are gone, and begins new ones. Tells which have new content. */
const writeReleases = async (
  flow: Flow,
  revision: number,
  releases: readonly LoadedDistroRelease[],
): Promise<string[]> => {
  const current = await flow.tx
    .selectFrom('distro_release')
    .select(['name', 'definition'])
    .where('to_revision', 'is', null)
    .execute();
  const known = new Map<string, LoadedDistroRelease>(
    current.map((row) => [row.name, LoadedDistroRelease.parse(row.definition)]),
  );
  const changed = releases.filter(
    (release) => !isDeepStrictEqual(known.get(release.name), LoadedDistroRelease.parse(asStored(release))),
  );
  const given = new Set<string>(releases.map((release) => release.name));
  const ending = [
    ...changed.map((release) => release.name),
    ...[...known.keys()].filter((name) => !given.has(name)),
  ];
  if (ending.length > 0) {
    await flow.tx
      .updateTable('distro_release')
      .set({ to_revision: revision })
      .where('to_revision', 'is', null)
      .where('name', 'in', ending)
      .execute();
  }
  for (const release of changed) {
    await flow.tx
      .insertInto('distro_release')
      .values({ name: release.name, from_revision: revision, definition: JSON.stringify(release) })
      .execute();
  }
  return changed.map((release) => release.name);
};

/** What is undefined is not there when it comes back from the store. */
const asStored = (definition: object): unknown => JSON.parse(JSON.stringify(definition));

/** Adopted images come from registries: they stay until a folder takes their place. */
const isFromFolder = ({ recipe }: ImageDefinition): boolean => recipe.kind !== 'adopted';

const writeImages = async (
  flow: Flow,
  revision: number,
  images: readonly ImageDefinition[],
): Promise<readonly ImageDefinition[]> => {
  const current = await flow.tx
    .selectFrom('image')
    .select(['name', 'definition'])
    .where('to_revision', 'is', null)
    .execute();
  const known = new Map<string, ImageDefinition>(
    current.map((row) => [row.name, ImageDefinition.parse(row.definition)]),
  );
  const changed = images.filter(
    (image) => !isDeepStrictEqual(known.get(image.name), ImageDefinition.parse(asStored(image))),
  );
  const given = new Set<string>(images.map((image) => image.name));
  const ending = [
    ...changed.map((image) => image.name),
    ...[...known.values()].filter(isFromFolder).flatMap(({ name }) => (given.has(name) ? [] : [name])),
  ];
  if (ending.length > 0) {
    await flow.tx
      .updateTable('image')
      .set({ to_revision: revision })
      .where('to_revision', 'is', null)
      .where(sql<boolean>`name = any(${ending}::text[])`)
      .execute();
  }
  const rows = changed.map((image) => ({
    name: image.name,
    from_revision: revision,
    distro_release: image.distroRelease,
    definition: image,
  }));
  await insertRows(flow.tx, 'image', rows);
  const named = changed.flatMap((image) => parentsOf(image, revision));
  await insertRows(
    flow.tx,
    'image_parent',
    named.flatMap(({ row, parent }) => (parent.kind === 'image' ? [{ ...row, parent: parent.image }] : [])),
  );
  await insertRows(
    flow.tx,
    'image_base',
    named.flatMap(({ row, parent }) =>
      parent.kind === 'external' ? [{ ...row, pullspec: parent.pullspec }] : [],
    ),
  );
  return changed;
};

/** Once each, however often a file names them. */
const parentsOf = ({ name, parents }: ImageDefinition, revision: number) => {
  const once = new Map(parents.map((parent) => [JSON.stringify(parent), parent]));
  return [...once.values()].map((parent) => ({
    parent,
    row: { image: name, from_revision: revision, edge: parent.edge },
  }));
};

/** A source change is a folder whose tree differs from the newest build's, or an image that was never built. */
const nominateChanged = async (
  flow: Flow,
  changed: readonly ImageDefinition[],
  reference: string,
): Promise<void> => {
  const newest = await newestBuilds(flow, changed);
  const byRelease = new Map<DistroReleaseName, ImageName[]>();
  for (const { name, treeId, version, distroRelease } of changed) {
    const build = newest.get(name);
    if (build?.tree_id === treeId && build.version === version) continue;
    const known = byRelease.get(distroRelease);
    if (known) known.push(name);
    else byRelease.set(distroRelease, [name]);
  }
  for (const [distroRelease, images] of byRelease) {
    await nominate(flow, {
      kind: 'sources',
      distroRelease,
      images,
      severity: 'none',
      reference,
    });
  }
};

interface NewestBuild {
  readonly image: string;
  readonly tree_id: string;
  readonly version: string;
}

/** The newest that is under way or a baseline, of each. */
const newestBuilds = async (
  flow: Flow,
  images: readonly ImageDefinition[],
): Promise<ReadonlyMap<string, NewestBuild>> => {
  const { rows } = await sql<NewestBuild>`
    select newest.* from unnest(${images.map(({ name }) => name)}::text[]) as wanted(name)
    cross join lateral (
      select image, tree_id, version from build
      where build.image = wanted.name
        and build.state = any(${['planned', 'building', ...baselineStates]}::text[])
      order by build.id desc limit 1
    ) as newest`.execute(flow.tx);
  return new Map(rows.map((row) => [row.image, row]));
};
