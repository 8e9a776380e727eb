/** Images that are a module, and the builds of modules: what is listed, and what each image is made from. */
import { sql } from 'kysely';
import { ModuleLabel } from '../../../schemas/content.ts';
import type { ImageDefinition } from '../../../schemas/files/image.ts';
import { type Arch, DistroReleaseName } from '../../../schemas/ids.ts';
import { moduleVersion } from '../../planning/module-index.ts';
import type { ModuleOffer, PlannableImage, PlannableModule } from '../../planning/plan-types.ts';
import type { Flow } from '../../runtime/consumer.ts';

type Read = Pick<Flow, 'tx'>;

/** `name:stream` of an image that is one. */
const moduleOf = ({ recipe }: ImageDefinition): string | undefined =>
  recipe.kind === 'module' ? recipe.module : undefined;

/** Names of the images that are made from these modules, whichever build of them is in question. */
export const imagesOfModules = async (
  read: Read,
  distroRelease: string,
  labels: readonly string[],
): Promise<string[]> => {
  if (labels.length === 0) return [];
  const streams = [...new Set(labels.map((label) => label.split(':', 2).join(':')))];
  const { rows } = await sql<{ name: string }>`
    select name from image
    where to_revision is null and distro_release = ${distroRelease}
      and definition #>> '{recipe,module}' = any(${streams}::text[])
    order by name`.execute(read.tx);
  return rows.map(({ name }) => name);
};

/** The builds that repositories list of the modules that these images are. */
export const moduleOffersFor = async (
  read: Read,
  distroRelease: string,
  images: readonly PlannableImage[],
): Promise<ModuleOffer[]> =>
  moduleOffersOf(
    read,
    distroRelease,
    images.flatMap(({ module }) => module?.name ?? []),
  );

/** @param named - `name:stream` */
export const moduleOffersOf = async (
  read: Read,
  distroRelease: string,
  named: readonly string[],
): Promise<ModuleOffer[]> => {
  const modules = [...new Set(named)];
  if (modules.length === 0) return [];
  const rows = await read.tx
    .selectFrom('module_build')
    .select(['arch', 'label'])
    .where('distro_release', '=', distroRelease)
    .where('module', 'in', modules)
    .orderBy('label')
    .orderBy('arch')
    .execute();
  return rows.map(({ arch, label }) => ({
    distroRelease: DistroReleaseName.parse(distroRelease),
    arch,
    label: ModuleLabel.parse(label),
  }));
};

/**
 * What each arch of these images was made from last, or is being made from: the reasons of its arch builds tell. One that
 * changed nothing counts: it was made from a newer build all the same.
 */
export const plannableModules = async (
  read: Read,
  images: readonly ImageDefinition[],
): Promise<ReadonlyMap<string, PlannableModule>> => {
  const names = images.filter((image) => moduleOf(image) !== undefined).map(({ name }) => name);
  if (names.length === 0) return new Map();
  const { rows } = await sql<{ image: string; arch: Arch; label: string }>`
    select arch_build.image, arch_build.arch, reason ->> 'to' as label
    from arch_build join build on build.id = arch_build.build
    cross join lateral jsonb_array_elements(arch_build.reasons) as reason
    where arch_build.image = any(${names}::text[]) and arch_build.reasons @? '$[*] ? (@.kind == "module")'
      and reason ->> 'kind' = 'module'
      and arch_build.state <> all(${endedBadly}::text[]) and build.state <> all(${endedBadly}::text[])
    order by arch_build.id`.execute(read.tx);
  const madeFrom = new Map<string, Partial<Record<Arch, ModuleLabel>>>();
  for (const { image, arch, label } of rows) {
    const ofImage = madeFrom.get(image) ?? {};
    madeFrom.set(image, { ...ofImage, [arch]: newerOf(ModuleLabel.parse(label), ofImage[arch]) });
  }
  return new Map(
    images.flatMap((image) => {
      const name = moduleOf(image);
      return name === undefined
        ? []
        : [[image.name, { name, madeFrom: madeFrom.get(image.name) ?? {} }] as const];
    }),
  );
};

/** What it was made from is not in any image that counts. */
const endedBadly = ['failed', 'parent_failed', 'rejected', 'cancelled', 'superseded', 'withdrawn'];

const newerOf = (label: ModuleLabel, known: ModuleLabel | undefined): ModuleLabel =>
  known !== undefined && moduleVersion(known) >= moduleVersion(label) ? known : label;
