/** What a change asks of the planner: where to look, and who was named. */
import { byText } from '../../../schemas/by-text.ts';
import type { Change, ChangeNomination } from '../../../schemas/files/change.ts';
import type { Inventory, InventoryImage, InventoryOffer } from '../../../schemas/files/inventory.ts';
import type { DistroReleaseName, ImageName } from '../../../schemas/ids.ts';
import type { SourceReference } from '../causes.ts';
import type { Request } from '../plan-types.ts';
import type { CauseKind } from '../rule-matching.ts';
import { isBase } from '../what-if.ts';
import type { Remark } from './remarks.ts';
import type { WithdrawnBuild } from './withdrawn-files.ts';

export interface Question {
  /** Source packages to look at, by distro release. */
  readonly sources: ReadonlyMap<DistroReleaseName, ReadonlySet<string>>;
  /** Those of them that a security update named. */
  readonly security: ReadonlySet<string>;
  readonly withdrawn: readonly WithdrawnBuild[];
  readonly requested: readonly Request[];
  readonly references: readonly SourceReference[];
  readonly remarks: readonly Remark[];
}

interface Growing {
  readonly images: ReadonlyMap<ImageName, InventoryImage>;
  readonly offers: readonly InventoryOffer[];
  readonly sources: Map<DistroReleaseName, Set<string>>;
  readonly security: Set<string>;
  /** By NVR and distro release. */
  readonly withdrawn: Map<string, WithdrawnBuild>;
  readonly requested: Request[];
  readonly references: SourceReference[];
  readonly remarks: Remark[];
}

export const questionOf = (inventory: Inventory, change: Change): Question => {
  const question: Growing = {
    images: new Map(inventory.images.map((image) => [image.name, image])),
    offers: [...inventory.offers, ...change.offers],
    sources: new Map(),
    security: new Set(),
    withdrawn: new Map(),
    requested: [],
    references: [],
    remarks: [],
  };
  for (const [index, nomination] of change.nominations.entries()) {
    const at = `nominations.${index}`;
    for (const text of take(nomination, question)) question.remarks.push({ at, text });
  }
  return { ...question, withdrawn: [...question.withdrawn.values()] };
};

/** Adds one nomination, and says what is odd about it. */
const take = (nomination: ChangeNomination, question: Growing): readonly string[] => {
  switch (nomination.kind) {
    case 'packages':
      return takePackages(nomination, question);
    case 'module':
      return takeModule(nomination, question);
    case 'withdrawal':
      return takeWithdrawal(nomination, question);
    case 'base':
      return takeBase(nomination, question);
    case 'sources':
    case 'manual':
      return takeImages(nomination, question);
  }
};

type Of<Kind extends ChangeNomination['kind']> = Extract<ChangeNomination, { kind: Kind }>;

const takePackages = (
  { distroRelease, sources, severity, reference, updateType = 'unspecified' }: Of<'packages'>,
  question: Growing,
): readonly string[] => {
  const kind = { type: updateType, severity };
  lookAt(
    question,
    distroRelease,
    sources.map(({ name }) => name),
    { kind, reference },
  );
  return unlessKnown(distroRelease, question);
};

const unlessKnown = (distroRelease: DistroReleaseName, { images }: Growing): readonly string[] =>
  [...images.values()].some((image) => image.distroRelease === distroRelease)
    ? []
    : [`no image of the inventory is of distro release ${distroRelease}`];

const takeWithdrawal = (
  { distroRelease, sources, reference }: Of<'withdrawal'>,
  question: Growing,
): readonly string[] => {
  for (const { name, version, release } of sources) {
    const key = `${distroRelease} ${name}-${version}-${release}`;
    const before = question.withdrawn.get(key)?.references ?? [];
    const references = [...new Set([...before, ...(reference === '' ? [] : [reference])])].sort(byText);
    question.withdrawn.set(key, { distroRelease, name, version, release, references });
  }
  return unlessKnown(distroRelease, question);
};

/** A module counts once its name:stream:version:context is on offer: its sources are those of the RPMs offered with it. */
const takeModule = (nomination: Of<'module'>, question: Growing): readonly string[] => {
  const { name, stream, version, context, severity, reference } = nomination;
  const label = [name, stream, version, context].join(':');
  const kind = { type: 'module' as const, severity };
  let listed = false;
  for (const { distroRelease, rpms } of question.offers) {
    const sources = rpms.filter(({ module }) => module === label).map(({ sourceName }) => sourceName);
    listed ||= sources.length > 0;
    if (sources.length > 0) lookAt(question, distroRelease, sources, { kind, reference: reference || label });
  }
  return listed ? [] : [`no repository offers anything of module ${label}`];
};

const takeBase = (
  { pullspec, pullspecs = [], arches, reference }: Of<'base'>,
  question: Growing,
): readonly string[] =>
  [...(pullspec === undefined ? [] : [pullspec]), ...pullspecs].flatMap((base) =>
    takeOneBase({ base, arches, reference }, question),
  );

const takeOneBase = (
  { base, arches, reference }: Pick<Of<'base'>, 'arches' | 'reference'> & { readonly base: string },
  question: Growing,
): readonly string[] => {
  const references = reference === '' ? [] : [reference];
  const requests = [...question.images.values()].flatMap((image) =>
    image.parents.flatMap((parent): Request[] =>
      parent.kind === 'external' && isBase(parent.pullspec, base)
        ? [
            {
              image: image.name,
              reason: { kind: 'base-moved', pullspec: parent.pullspec, references },
              arches: arches?.filter((arch) => image.arches[arch] !== undefined),
            },
          ]
        : [],
    ),
  );
  question.requested.push(...requests);
  return requests.length === 0 ? [`no image of the inventory is built from ${base}`] : [];
};

const takeImages = (nomination: Of<'sources'> | Of<'manual'>, question: Growing): readonly string[] => {
  const { distroRelease, reference } = nomination;
  const references = reference === '' ? [] : [reference];
  const remarks: string[] = [];
  for (const name of nomination.images) {
    const image = question.images.get(name);
    if (image && distroRelease !== undefined && image.distroRelease !== distroRelease) {
      remarks.push(`${name} is of distro release ${image.distroRelease}, not ${distroRelease}`);
    } else if (nomination.kind === 'manual') {
      question.requested.push({
        image: name,
        reason: { kind: 'by-hand', references },
        arches: nomination.arches,
      });
    } else {
      const kind = image?.nvr === undefined ? 'never-built' : 'source-changed';
      question.requested.push({ image: name, reason: { kind, references } });
    }
  }
  return remarks;
};

const lookAt = (
  question: Growing,
  release: DistroReleaseName,
  sources: readonly string[],
  { kind, reference }: { readonly kind: CauseKind; readonly reference: string },
): void => {
  const known = question.sources.get(release) ?? new Set<string>();
  question.sources.set(release, known);
  for (const source of [...new Set(sources)].sort(byText)) {
    known.add(source);
    if (kind.severity !== 'none') question.security.add(source);
    question.references.push({ source, reference, kind });
  }
};
