/** What a change asks of the planner: where to look, and who was named. */
import { byText } from '../../../schemas/by-text.ts';
import type { Change, ChangeNomination } from '../../../schemas/files/change.ts';
import type { Inventory, InventoryImage, InventoryOffer } from '../../../schemas/files/inventory.ts';
import type { DistroReleaseName, ImageName } from '../../../schemas/ids.ts';
import type { PlanInput, Request } from '../plan-types.ts';
import { isBase } from '../what-if.ts';
import type { Remark } from './remarks.ts';

export interface Question {
  /** Source packages to look at, by distro release. */
  readonly sources: ReadonlyMap<DistroReleaseName, ReadonlySet<string>>;
  /** Those of them that a security update named. */
  readonly security: ReadonlySet<string>;
  readonly requested: readonly Request[];
  readonly references: NonNullable<PlanInput['references']>;
  readonly remarks: readonly Remark[];
}

interface Growing {
  readonly images: ReadonlyMap<ImageName, InventoryImage>;
  readonly offers: readonly InventoryOffer[];
  readonly sources: Map<DistroReleaseName, Set<string>>;
  readonly security: Set<string>;
  readonly requested: Request[];
  readonly references: { source: string; reference: string }[];
  readonly remarks: Remark[];
}

export const questionOf = (inventory: Inventory, change: Change): Question => {
  const question: Growing = {
    images: new Map(inventory.images.map((image) => [image.name, image])),
    offers: [...inventory.offers, ...change.offers],
    sources: new Map(),
    security: new Set(),
    requested: [],
    references: [],
    remarks: [],
  };
  for (const [index, nomination] of change.nominations.entries()) {
    const at = `nominations.${index}`;
    for (const text of take(nomination, question)) question.remarks.push({ at, text });
  }
  return question;
};

/** Adds one nomination, and says what is odd about it. */
const take = (nomination: ChangeNomination, question: Growing): readonly string[] => {
  switch (nomination.kind) {
    case 'packages':
      return takePackages(nomination, question);
    case 'module':
      return takeModule(nomination, question);
    case 'base':
      return takeBase(nomination, question);
    case 'sources':
    case 'manual':
      return takeImages(nomination, question);
  }
};

type Of<Kind extends ChangeNomination['kind']> = Extract<ChangeNomination, { kind: Kind }>;

const takePackages = (
  { distroRelease, sources, severity, reference }: Of<'packages'>,
  question: Growing,
): readonly string[] => {
  lookAt(
    question,
    distroRelease,
    sources.map(({ name }) => name),
    { severity, reference },
  );
  const isKnown = [...question.images.values()].some((image) => image.distroRelease === distroRelease);
  return isKnown ? [] : [`no image of the inventory is of distro release ${distroRelease}`];
};

/** A module counts once its name:stream:version:context is on offer: its sources are those of the RPMs offered with it. */
const takeModule = (nomination: Of<'module'>, question: Growing): readonly string[] => {
  const { name, stream, version, context, severity, reference } = nomination;
  const label = [name, stream, version, context].join(':');
  let listed = false;
  for (const { distroRelease, rpms } of question.offers) {
    const sources = rpms.filter(({ module }) => module === label).map(({ sourceName }) => sourceName);
    listed ||= sources.length > 0;
    if (sources.length > 0)
      lookAt(question, distroRelease, sources, { severity, reference: reference || label });
  }
  return listed ? [] : [`no repository offers anything of module ${label}`];
};

const takeBase = (
  { pullspec: base, arches, reference }: Of<'base'>,
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
  { severity, reference }: Pick<ChangeNomination, 'severity' | 'reference'>,
): void => {
  const known = question.sources.get(release) ?? new Set<string>();
  question.sources.set(release, known);
  for (const source of [...new Set(sources)].sort(byText)) {
    known.add(source);
    if (severity !== 'none') question.security.add(source);
    if (reference !== '') question.references.push({ source, reference });
  }
};
