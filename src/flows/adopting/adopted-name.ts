/** What an adopted image is called here: by its repository; its NVR by its labels, or visibly made up. */
import type { ImageDefinition } from '../../../schemas/files/image.ts';
import { ImageName, Nvr } from '../../../schemas/ids.ts';
import type { Flow } from '../../runtime/consumer.ts';
import type { ForeignImage } from '../contents/foreign-image.ts';
import { imageInForce } from '../defining/in-force.ts';

export interface OwnName {
  readonly image: ImageName;
  /** The definition of that name, which it is the baseline of; undefined: it has none but what adopting gives it. */
  readonly defined: ImageDefinition | undefined;
}

/** The last part of the repository, or all of it where another repository's image has that name. */
export const ownName = async (
  flow: Flow,
  { registry, repository }: ForeignImage,
): Promise<OwnName | { problem: string }> => {
  const candidates = [repository.split('/').at(-1), repository.replaceAll('/', '-')];
  for (const candidate of candidates) {
    const image = ImageName.safeParse(candidate);
    if (!image.success) continue;
    const definition = await imageInForce(flow, image.data);
    if (definition === undefined) return { image: image.data, defined: undefined };
    if (definition.recipe.kind !== 'adopted') return { image: image.data, defined: definition };
    if (definition.recipe.from === `${registry}/${repository}`)
      return { image: image.data, defined: undefined };
  }
  return { problem: `other images are called ${candidates.join(' and ')} already` };
};

export interface AdoptedName {
  readonly nvr: Nvr;
  readonly component: string;
  readonly version: string;
  /** 0 where the release is none of ours to count on from. */
  readonly releaseNumber: number;
}

/**
 * From the labels, where they are the image's own and not inherited from what it stands on; else from name and tag, with
 * a release that says that it was adopted.
 */
export const nameAdopted = async (flow: Flow, foreign: ForeignImage, image: string): Promise<AdoptedName> => {
  const labelled = fromLabels(foreign, image);
  if (labelled !== undefined && !(await isTaken(flow, labelled.nvr))) return labelled;
  const version = word(foreign.tag ?? '') || '0';
  const release = `adopted.${foreign.digest.slice('sha256:'.length, 'sha256:'.length + 12)}`;
  return { nvr: Nvr.parse(`${image}-${version}-${release}`), component: image, version, releaseNumber: 0 };
};

const fromLabels = ({ arches }: ForeignImage, image: string): AdoptedName | undefined => {
  const labels = arches[0]?.outline.labels ?? {};
  const component = labels['com.redhat.component'] ?? '';
  const own = [component, component.replace(/-container$/, ''), labels['name']?.split('/').at(-1)];
  if (!own.includes(image)) return undefined;
  const { version = '', release = '' } = labels;
  const nvr = Nvr.safeParse(`${component}-${version}-${release}`);
  if (component === '' || word(version) !== version || !nvr.success) return undefined;
  return {
    nvr: nvr.data,
    component,
    version,
    releaseNumber: /^[0-9]{1,9}$/.test(release) ? Number(release) : 0,
  };
};

/** What may be in a version; dashes would be read as the ends of one. */
const word = (text: string): string => text.replaceAll(/[^A-Za-z0-9._+~^]/g, '_');

const isTaken = async (flow: Flow, nvr: string): Promise<boolean> =>
  (await flow.tx.selectFrom('build').select('id').where('nvr', '=', nvr).executeTakeFirst()) !== undefined;
