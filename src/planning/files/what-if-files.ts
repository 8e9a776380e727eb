/** What would happen if, on an inventory: the same as on the store, without one. */
import { byText } from '../../../schemas/by-text.ts';
import type { Inventory, InventoryImage } from '../../../schemas/files/inventory.ts';
import type { DistroReleaseName } from '../../../schemas/ids.ts';
import { type Explained, explainedOf } from '../explained.ts';
import { parseModule, parseSource } from '../hypothesis.ts';
import { streamOf } from '../offer-index.ts';
import { effectsOf, type Hypothesis, remarksOn, supposedRequests, whatIf } from '../what-if.ts';
import { builtArches } from './manifests.ts';
import { planOn } from './plan-files.ts';
import type { Question } from './question.ts';

/**
 * The inventory has no problems (`problemsOf`).
 * @throws Error naming what is no NVR and no module.
 */
export const whatIfOn = (inventory: Inventory, hypothesis: Hypothesis): Explained => {
  const releases = new Map(inventory.images.map(({ name, distroRelease }) => [name, distroRelease]));
  const question = questionOf(inventory, hypothesis);
  const { made, outside, input } = planOn(inventory, inventory.offers, question, (supposed) =>
    // Asked for by the question already, so that they are reached.
    whatIf(supposed, { ...hypothesis, images: [], bases: [] }),
  );
  const left = [...made.leftAlone, ...outside].sort((a, b) => byText(a.image, b.image));
  const explained = explainedOf(made, (image) => releases.get(image) ?? '', left);
  return { ...explained, remarks: remarksOn([effectsOf(input, hypothesis)]) };
};

/** Everywhere: what is supposed is supposed of every distro release. */
const questionOf = (inventory: Inventory, hypothesis: Hypothesis): Question => {
  const named = hypothesis.sources.map((text) => parseSource(text).name);
  const streams = new Set(hypothesis.modules.map((label) => parseModule(label).stream));
  const sources = new Set([...named, ...sourcesOf(inventory, streams)]);
  const releases = inventory.images.map(({ distroRelease }): [DistroReleaseName, ReadonlySet<string>] => [
    distroRelease,
    sources,
  ]);
  return {
    sources: new Map(releases),
    security: new Set(),
    withdrawn: [],
    requested: inventory.images.flatMap(({ name, parents }) =>
      supposedRequests(hypothesis, {
        name,
        externals: parents.flatMap((parent) => (parent.kind === 'external' ? [parent.pullspec] : [])),
      }),
    ),
    references: [],
    remarks: [],
  };
};

const sourcesOf = (inventory: Inventory, streams: ReadonlySet<string>): readonly string[] =>
  streams.size === 0
    ? []
    : inventory.images.flatMap((image) =>
        rpmsOf(image)
          .filter((rpm) => streams.has(streamOf(rpm)))
          .map(({ sourceName }) => sourceName),
      );

const rpmsOf = ({ arches }: InventoryImage) =>
  builtArches(arches).flatMap(([, { rpms, introduced }]) => rpms ?? introduced ?? []);
