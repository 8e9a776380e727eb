/** The fleet as its first builds would have left the store, for who is only after what comes then. */
import { sql } from 'kysely';
import { ImageDefinition } from '../../schemas/files/image.ts';
import { type Arch, ArtifactDigest, ContentId, type Digest, ManifestDigest } from '../../schemas/ids.ts';
import { refreshBaseline } from '../../src/flows/baseline.ts';
import { writeManifest } from '../../src/flows/contents/manifests.ts';
import { digestOf } from '../../src/registry/digests.ts';
import type { Flow } from '../../src/runtime/consumer.ts';
import type { Environment } from '../../src/runtime/environment.ts';
import { newCause, runFlow } from '../../src/runtime/flow.ts';
import { insertRows, takeIds } from '../../src/store/insert-rows.ts';
import { contentOf, stormFleet } from './fleet.ts';
import type { MetadataOnlyRepository } from './repository.ts';
import type { StandInBuildStep } from './stand-in-build-step.ts';

interface Released {
  readonly arches: readonly Arch[];
  readonly repository: MetadataOnlyRepository;
  readonly buildStep: StandInBuildStep;
}

/** The definitions are loaded, and nobody plans yet. The registry has none of the images: a build asks for no layer. */
export const writeReleased = (environment: Environment, released: Released): Promise<void> =>
  runFlow(environment, { cause: newCause('storm'), log: environment.log, purpose: 'bench' }, async (flow) => {
    const builds = await writeBuilds(flow, await definitionsInOrder(flow));
    for (const build of builds) {
      for (const arch of released.arches) await writeArch(flow, build, arch, released);
      await refreshBaseline(flow, build.definition.name);
    }
    await flow.tx.updateTable('nomination_target').set({ closed_at: flow.now }).execute();
  });

interface Written {
  readonly id: number;
  readonly definition: ImageDefinition;
}

const definitionsInOrder = async (flow: Flow): Promise<readonly ImageDefinition[]> => {
  const rows = await flow.tx
    .selectFrom('image')
    .select('definition')
    .where('to_revision', 'is', null)
    .execute();
  const byName = new Map<string, ImageDefinition>(
    rows.map(({ definition }) => [definition.name, ImageDefinition.parse(definition)]),
  );
  return stormFleet.flatMap(({ name }) => byName.get(name) ?? []);
};

const digestOfText = (text: string): Digest => digestOf(Buffer.from(text));

const writeBuilds = async (
  flow: Flow,
  definitions: readonly ImageDefinition[],
): Promise<readonly Written[]> => {
  const { now } = flow;
  await sql`
    insert into rebuild (distro_release, state, revision, severity, reference, opened_at, last_nominated_at, close_at,
      planned_at, finished_at)
    select 'F40', 'finished', max(id), 'none', 'the first', ${now}, ${now}, ${now}, ${now}, ${now}
    from definitions_revision`.execute(flow.tx);
  const ids = await takeIds(flow.tx, 'build', definitions.length);
  const builds = definitions.map((definition, at) => ({ id: ids[at] ?? 0, definition }));
  const { revision } = await flow.tx.selectFrom('rebuild').select('revision').executeTakeFirstOrThrow();
  const rows = builds.map(({ id, definition }) => ({
    id,
    nvr: nvrOf(definition),
    image: definition.name,
    component: definition.component,
    version: definition.version,
    release_number: 1,
    distro_release: definition.distroRelease,
    revision: revision ?? 0,
    tree_id: definition.treeId,
    definition,
    severity: 'none' as const,
    by_hand: false,
    state: 'released' as const,
    seq: 0,
    index_digest: digestOfText(`index of ${definition.name}`),
    created_at: now,
    updated_at: now,
    candidate_at: now,
    ended_at: now,
  }));
  await insertRows(flow.tx, 'build', rows);
  await sql`insert into build_cause (build, rebuild) select build.id, rebuild.id from build, rebuild`.execute(
    flow.tx,
  );
  await sql`insert into release_number (component, version, last) select component, version, 1 from build`.execute(
    flow.tx,
  );
  return builds;
};

const nvrOf = ({ component, version }: ImageDefinition): string => `${component}-${version}-1`;

const manifestOf = (image: string, arch: Arch): ManifestDigest =>
  ManifestDigest.parse(digestOfText(`${image} for ${arch}`));

const writeArch = async (
  flow: Flow,
  { id, definition }: Written,
  arch: Arch,
  { repository, buildStep }: Released,
): Promise<void> => {
  const { name: image } = definition;
  const digest = manifestOf(image, arch);
  const rpms = contentOf(image).map((name) => repository.newest(name, arch));
  const [parent] = definition.parents.flatMap((one) =>
    one.kind === 'image' ? [manifestOf(one.image, arch)] : [],
  );
  const contentId = ContentId.parse(digestOfText(`content of ${digest}`));
  const contentList = ArtifactDigest.parse(digestOfText(`list of ${digest}`));
  await writeManifest(flow, {
    digest,
    parent,
    image,
    arch,
    contentId,
    contentList,
    chainId: undefined,
    rpms,
  });
  await insertRows(flow.tx, 'index_entry', [
    { build: id, arch, manifest_digest: digest, carried_from: null },
  ]);
  buildStep.knows(digest, rpms);
};
