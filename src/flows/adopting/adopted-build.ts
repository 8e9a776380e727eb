/** An adopted image in the store: a released build that plans are made against, as if flibs had made it. */

import type { LoadedDistroRelease } from '../../../schemas/files/distro-release.ts';
import { ImageDefinition } from '../../../schemas/files/image.ts';
import { type Arch, ContentId } from '../../../schemas/ids.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { refreshBaseline } from '../baseline.ts';
import type { ForeignImage } from '../contents/foreign-image.ts';
import { parentByLayers, writeManifest } from '../contents/manifests.ts';
import { currentRevision } from '../defining/current-revision.ts';
import { distroReleasesInForce } from '../defining/in-force.ts';
import { lockNamed } from '../lock.ts';
import { recordTransition } from '../move.ts';
import { pullspecOf } from '../registry-paths.ts';
import { type AdoptedName, nameAdopted, ownName } from './adopted-name.ts';
import { knowParents, standOn } from './adopted-parents.ts';

type Arches = ForeignImage['arches'];

/** What became of it, or why it cannot be. */
export type WrittenAdoption = { readonly nvr: string; readonly told: string } | { readonly problem: string };

export const writeAdopted = async (
  flow: Flow,
  foreign: ForeignImage,
  distroRelease: string | null,
): Promise<WrittenAdoption> => {
  // One at a time: names are given out, and each may be the other's parent.
  await lockNamed(flow, 'definitions');
  const name = await ownName(flow, foreign);
  if ('problem' in name) return name;
  const release = await releaseFor(flow, name.defined?.distroRelease ?? distroRelease);
  if ('problem' in release) return release;
  const arches = foreign.arches.filter(({ outline }) => release.arches.includes(outline.arch));
  const present = foreign.arches.map(({ outline }) => outline.arch).join(', ');
  if (arches.length === 0)
    return { problem: `is for ${present}, and ${release.name} has only ${release.arches.join(', ')}` };
  const known = await sameBuild(flow, name.image, foreign.digest);
  if (known !== undefined) return { nvr: known, told: 'was adopted before' };
  const byFlibs = await builtByFlibs(flow, name.image);
  if (byFlibs !== undefined)
    return { problem: `${name.image} is built by flibs, and ${byFlibs} is its baseline: nothing to adopt` };
  const nvr = await nameAdopted(flow, foreign, name.image);
  const definition = name.defined ?? minimalDefinition(foreign, name.image, nvr, release, arches);
  // First of all: what stands on it is told so as soon as its manifests are known.
  if (name.defined === undefined) await writeDefinition(flow, definition);
  await writeManifests(flow, name.image, arches);
  await writeBuild(flow, { foreign, nvr, definition, arches });
  const packages = Math.max(...arches.map(({ rpms }) => rpms.length));
  const of = arches.map(({ outline }) => outline.arch).join(', ');
  return { nvr: nvr.nvr, told: `${of}; ${packages} packages; ${await standOn(flow, name.image)}` };
};

/** Who asked names it, or there is only one. */
const releaseFor = async (
  flow: Flow,
  wanted: string | null,
): Promise<LoadedDistroRelease | { problem: string }> => {
  const releases = await distroReleasesInForce(flow);
  const [only] = releases;
  if (wanted === null && only !== undefined && releases.length === 1) return only;
  const names = releases.map(({ name }) => name).join(', ');
  if (wanted === null) return { problem: `say which distro release it is of: there are ${names}` };
  return releases.find(({ name }) => name === wanted) ?? { problem: `there is no distro release ${wanted}` };
};

const sameBuild = async (flow: Flow, image: string, digest: string): Promise<string | undefined> => {
  const row = await flow.tx
    .selectFrom('build')
    .select(['nvr', 'index_digest'])
    .where('image', '=', image)
    .where('state', '=', 'released')
    .orderBy('id', 'desc')
    .executeTakeFirst();
  return row?.index_digest === digest ? row.nvr : undefined;
};

const builtByFlibs = async (flow: Flow, image: string): Promise<string | undefined> => {
  const row = await flow.tx
    .selectFrom('current')
    .innerJoin('build', 'build.nvr', 'current.nvr')
    .innerJoin('arch_build', 'arch_build.build', 'build.id')
    .select('build.nvr')
    .where('current.image', '=', image)
    .limit(1)
    .executeTakeFirst();
  return row?.nvr;
};

/** Says what is known, and that it cannot be built. A folder of that name takes its place. */
const minimalDefinition = (
  foreign: ForeignImage,
  image: string,
  { component, version }: AdoptedName,
  release: LoadedDistroRelease,
  arches: Arches,
): ImageDefinition =>
  ImageDefinition.parse({
    name: image,
    component,
    version,
    distroRelease: release.name,
    parents: [],
    recipe: { kind: 'adopted', from: `${foreign.registry}/${foreign.repository}` },
    arches: arches.map(({ outline }) => outline.arch),
    owners: [],
    autoRebuild: true,
    labels: {},
    gating: [],
    treeId: '0'.repeat(40),
    sourceTime: 0,
  });

const writeManifests = async (flow: Flow, image: string, arches: Arches): Promise<void> => {
  for (const { outline, rpms } of arches) {
    const { manifestDigest: digest, arch, configDigest, chainIds } = outline;
    const parent = await parentByLayers(flow, { image, arch, chainIds });
    await writeManifest(flow, {
      digest,
      parent: parent?.digest,
      image,
      arch,
      contentId: ContentId.parse(configDigest),
      contentList: undefined,
      chainId: chainIds.at(-1),
      rpms,
    });
    await knowParents(flow, { digest, image, arch, chainIds });
  }
};

/** A new adoption of an image takes the place of what was adopted before. */
const writeDefinition = async (flow: Flow, definition: ImageDefinition): Promise<void> => {
  const revision = await currentRevision(flow);
  await flow.tx
    .insertInto('image')
    .values({
      name: definition.name,
      from_revision: revision,
      distro_release: definition.distroRelease,
      definition: JSON.stringify(definition),
    })
    .onConflict((oc) =>
      oc
        .column('name')
        .where('to_revision', 'is', null)
        .doUpdateSet({ definition: JSON.stringify(definition), distro_release: definition.distroRelease }),
    )
    .execute();
};

/** What is built of it later has a higher release. */
const countOnFrom = async (
  flow: Flow,
  { component, version, releaseNumber: last }: AdoptedName,
): Promise<void> => {
  if (last === 0) return;
  await flow.tx
    .insertInto('release_number')
    .values({ component, version, last })
    .onConflict((oc) =>
      oc.columns(['component', 'version']).doUpdateSet(({ fn, ref }) => ({
        last: fn('greatest', [ref('release_number.last'), ref('excluded.last')]),
      })),
    )
    .execute();
};

interface Writing {
  readonly foreign: ForeignImage;
  readonly nvr: AdoptedName;
  readonly definition: ImageDefinition;
  readonly arches: Arches;
}

const writeBuild = async (flow: Flow, { foreign, nvr, definition, arches }: Writing): Promise<void> => {
  await countOnFrom(flow, nvr);
  const { id } = await flow.tx
    .insertInto('build')
    .values({
      nvr: nvr.nvr,
      image: definition.name,
      component: definition.component,
      // What it was made from is taken to be what the definition says now: there is nothing to compare.
      version: definition.version,
      tree_id: definition.treeId,
      release_number: nvr.releaseNumber,
      distro_release: definition.distroRelease,
      revision: await currentRevision(flow),
      definition: JSON.stringify(definition),
      severity: 'none',
      by_hand: true,
      state: 'released',
      index_digest: foreign.digest,
      pullspec: pullspecOf(`${foreign.registry}/${foreign.repository}`, foreign.digest),
      created_at: flow.now,
      updated_at: flow.now,
      ended_at: flow.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const from = `${foreign.registry}/${foreign.repository}`;
  const moving = { kind: 'build', id, subject: nvr.nvr, from: null, to: 'released' } as const;
  await recordTransition(flow, { ...moving, reason: `adopted from ${from}, built elsewhere` });
  const entry = (arch: Arch, manifest_digest: string) => ({ build: id, arch, manifest_digest });
  await flow.tx
    .insertInto('index_entry')
    .values(arches.map(({ outline }) => entry(outline.arch, outline.manifestDigest)))
    .execute();
  await refreshBaseline(flow, definition.name);
};
