/** Reads what the planner needs from the store: what is in question and everything upon it, never the fleet. */
import type { ImageDefinition } from '../../../schemas/files/image.ts';
import { type Arch, DistroReleaseName, ImageName } from '../../../schemas/ids.ts';
import type { SourceReference } from '../../planning/causes.ts';
import type { Installed, PlanInput, PlannableImage, Request } from '../../planning/plan-types.ts';
import type { UnderWay } from '../../planning/under-way.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { eachOf, inSlices } from '../../runtime/in-slices.ts';
import { contentsOf, rpmOfRow } from '../contents/content-of.ts';
import { readRules } from '../defining/rules.ts';
import { pausesInForce } from '../pausing/in-force.ts';
import { imagesOnBases, knownBases, rpmsFromBases } from './base-input.ts';
import { closure } from './closure.ts';
import { holdPolicyOf } from './held.ts';
import { offersOf } from './offers-of.ts';
import { imagesOnOlderBuilds } from './on-older-builds.ts';
import { imagesOfModules, moduleOffersFor } from './plan-modules.ts';
import { plannableAsDefined } from './plannable.ts';
import { type Withdrawal, withdrawnRpms } from './withdrawals.ts';

interface Requested {
  readonly image: string;
  readonly why: 'source' | 'parent' | 'by-hand';
  readonly reference: string;
  readonly arches?: readonly Arch[] | undefined;
}

/** What a rebuild is about. */
export interface InQuestion {
  readonly distroRelease: string;
  /** Source packages. */
  readonly sources: readonly string[];
  /** `name:stream:version:context`. */
  readonly modules: readonly string[];
  readonly withdrawals?: readonly Withdrawal[];
  /** External bases that may have moved. */
  readonly bases?: readonly string[];
  /** Those of the sources that a security update named. */
  readonly security?: readonly string[];
  readonly requests: readonly Requested[];
  readonly references: readonly SourceReference[];
}

type Read = Pick<Flow, 'tx'>;

export interface ReadInput {
  readonly input: PlanInput;
  readonly definitions: ReadonlyMap<ImageName, ImageDefinition>;
}

/** Tells which images are being built; asked once it is known which ones matter. */
export type UnderWayOf = (images: readonly ImageName[]) => Promise<ReadonlyMap<ImageName, UnderWay>>;

/** Without `underWayOf` it is as if nothing were being built. */
export const readPlanInput = async (
  read: Read,
  question: InQuestion,
  underWayOf?: UnderWayOf,
): Promise<ReadInput> => {
  const { distroRelease, bases = [] } = question;
  const sources = [...new Set([...question.sources, ...(await moduleSources(read, question))])];
  const [first, ...others] = await Promise.all([
    inBaselines(read, question, sources),
    imagesOfModules(read, distroRelease, question.modules),
    imagesOnBases(read, distroRelease, bases),
    imagesOnOlderBuilds(read, distroRelease, sources),
  ]);
  const defined = await closure(read, [
    ...[...first.introduced, ...first.fromBase, ...first.withdrawn].map((row) => row.image),
    ...question.requests.map((request) => request.image),
    ...others.flat(),
  ]);
  // Before the baselines are read: what becomes a candidate meanwhile is in one of both.
  const underWay = (await underWayOf?.(defined.map(({ name }) => name))) ?? asIfNone;
  const [{ definitions, plannable }, present, offers, rules, holds, pauses] = await Promise.all([
    plannableAsDefined(read, defined),
    // Once more: what became a candidate while its lock was waited for holds something else than before.
    underWayOf === undefined ? first : inBaselines(read, question, sources),
    offersOf(read, distroRelease, [...sources, ...first.withdrawn.map(({ rpm }) => rpm.sourceName)]),
    readRules(read),
    whereArchesWait(read, distroRelease),
    pausesInForce(read),
  ]);
  const { introduced, fromBase, withdrawn } = present;
  const images = withUnderWay(plannable, underWay);
  const byName = new Map(images.map((image) => [image.name, image]));
  const among = (row: Installed) => definitions.has(row.image);
  const [knownOfBases, inherited, modules] = await Promise.all([
    knownBases(read, images),
    inheritedRpms(read, byName, sources),
    moduleOffersFor(read, distroRelease, images),
  ]);
  return {
    definitions,
    input: {
      images,
      introduced: introduced.filter(among),
      fromBase: fromBase.filter(among),
      bases: knownOfBases,
      security: new Set(question.security ?? []),
      inherited,
      withdrawn,
      offers,
      requested: question.requests
        .filter(({ image }) => definitions.has(ImageName.parse(image)))
        .map((request) => requestOf(request, byName)),
      modules,
      references: question.references,
      rules,
      holds,
      pauses,
    },
  };
};

const whereArchesWait = async (
  read: Read,
  distroRelease: string,
): Promise<NonNullable<PlanInput['holds']>> => {
  const { hours } = await holdPolicyOf(read, distroRelease);
  return new Set(hours > 0 ? [DistroReleaseName.parse(distroRelease)] : []);
};

const asIfNone: ReadonlyMap<ImageName, UnderWay> = new Map();

/** What baselines hold of what is in question. */
const inBaselines = async (read: Read, question: InQuestion, sources: readonly string[]) => {
  const { distroRelease, withdrawals = [] } = question;
  const [introduced, fromBase, withdrawn] = await Promise.all([
    introducedRpms(read, question, sources),
    rpmsFromBases(read, distroRelease, sources),
    withdrawnRpms(read, distroRelease, withdrawals),
  ]);
  return { introduced, fromBase, withdrawn };
};

const withUnderWay = (
  images: readonly PlannableImage[],
  underWay: ReadonlyMap<ImageName, UnderWay>,
): readonly PlannableImage[] =>
  underWay.size === 0 ? images : images.map((image) => ({ ...image, underWay: underWay.get(image.name) }));

type ByName = ReadonlyMap<ImageName, PlannableImage>;

const requestOf = (request: Requested, images: ByName): Request => {
  const image = ImageName.parse(request.image);
  const references = [request.reference];
  if (request.why === 'by-hand')
    return { image, reason: { kind: 'by-hand', references }, arches: request.arches };
  if (request.why === 'parent') return { image, reason: { kind: 'parent-rebuilt', references } };
  const built = images.get(image)?.baseline !== undefined;
  return { image, reason: { kind: built ? 'source-changed' : 'never-built', references } };
};

/** A module change counts once metadata lists its N:S:V:C: its sources are those of the RPMs listed with it. */
const moduleSources = async (read: Read, question: InQuestion): Promise<string[]> => {
  if (question.modules.length === 0) return [];
  const rows = await read.tx
    .selectFrom('offer')
    .select('source_name')
    .distinct()
    .where('distro_release', '=', question.distroRelease)
    .where('module', 'in', question.modules)
    .execute();
  return rows.map((row) => row.source_name);
};

/** One look-up: who introduces anything built from these sources, on which arch. */
const introducedRpms = async (
  read: Read,
  question: InQuestion,
  sources: readonly string[],
): Promise<Installed[]> => {
  if (sources.length === 0) return [];
  const rows = await read.tx
    .selectFrom('rpm')
    .innerJoin('manifest_rpm', (join) =>
      join.onRef('manifest_rpm.rpm', '=', 'rpm.id').on('manifest_rpm.change', '=', 'added'),
    )
    .innerJoin('current', 'current.manifest', 'manifest_rpm.manifest')
    .innerJoin('image', (join) =>
      join.onRef('image.name', '=', 'current.image').on('image.to_revision', 'is', null),
    )
    .selectAll('rpm')
    .select(['current.image', 'current.arch as image_arch'])
    .where('rpm.source_name', 'in', sources)
    .where('image.distro_release', '=', question.distroRelease)
    .orderBy('rpm.id')
    .orderBy('current.image')
    .orderBy('current.arch')
    .execute();
  return inSlices(
    eachOf(rows, (row) => ({ image: ImageName.parse(row.image), arch: row.image_arch, rpm: rpmOfRow(row) })),
  );
};

/** One arch of an image whose baseline was built on another manifest than the parent's baseline has now. */
interface OnOlder {
  readonly image: ImageName;
  readonly arch: Arch;
  readonly builtOn: string;
}

/** What images have from a parent that is older than the parent's baseline. */
const inheritedRpms = async (
  read: Read,
  images: ByName,
  sources: readonly string[],
): Promise<Installed[]> => {
  if (sources.length === 0) return [];
  const older = (await inSlices(eachOf(images.values(), (image) => onOlderParent(image, images)))).flat();
  if (older.length === 0) return [];
  const contents = await contentsOf(
    read.tx,
    older.map(({ builtOn }) => builtOn),
    sources,
  );
  return older.flatMap(({ image, arch, builtOn }) =>
    (contents.get(builtOn) ?? []).map((rpm) => ({ image, arch, rpm })),
  );
};

const onOlderParent = (image: PlannableImage, images: ByName): readonly OnOlder[] => {
  const parent = image.layerParent?.kind === 'image' ? images.get(image.layerParent.image) : undefined;
  return image.arches.flatMap((arch) => {
    const builtOn = image.baseline?.arches[arch]?.parentManifest;
    const now = parent?.baseline?.arches[arch]?.manifestDigest;
    return builtOn === undefined || now === undefined || builtOn === now
      ? []
      : [{ image: image.name, arch, builtOn }];
  });
};
