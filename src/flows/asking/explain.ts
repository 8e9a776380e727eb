/** What would happen: the planner on the present contents and what is supposed. Changes nothing. */
import { sql, type Transaction } from 'kysely';
import type { ImageName } from '../../../schemas/ids.ts';
import { type Explained, explainedInSteps } from '../../planning/explained.ts';
import { parseModule, parseSource } from '../../planning/hypothesis.ts';
import { pauseNotes } from '../../planning/paused.ts';
import { planInSteps } from '../../planning/plan.ts';
import {
  type Effect,
  effectsOf,
  type Hypothesis,
  isBase,
  remarksOn,
  supposing,
} from '../../planning/what-if.ts';
import { inSlices } from '../../runtime/in-slices.ts';
import type { Database } from '../../store/database.ts';
import { distroReleasesInForce } from '../defining/in-force.ts';
import { namedBases, pullspecsOf } from '../defining/named-bases.ts';
import { pausesInForce } from '../pausing/in-force.ts';
import { readPlanInput } from '../planning/plan-input.ts';
import { Refused } from '../refused.ts';
import { expectedSeconds } from './expected-time.ts';

type Tx = Transaction<Database>;

/**
 * Of all distro releases.
 * @throws {@link Refused} where an image or a base is named that there is not.
 */
export const explainWhatIf = async (tx: Tx, hypothesis: Hypothesis): Promise<Explained> => {
  const sources = [
    ...hypothesis.sources.map((text) => parseSource(text).name),
    ...(await sourcesOfModules(tx, hypothesis.modules)),
  ];
  const concerned = await concernedImages(tx, hypothesis);
  const explained: Explained[] = [];
  const effects: ReadonlyMap<string, Effect>[] = [];
  const leftAlone = new Set<string>();
  for (const { name } of await distroReleasesInForce({ tx })) {
    const reached = concerned.filter(({ distro_release: release }) => release === name);
    const requests = reached.map((row) => ({
      image: row.name,
      why: 'source' as const,
      reference: 'what-if',
    }));
    const question = { distroRelease: name, sources, modules: [], requests, references: [] };
    const { input } = await readPlanInput({ tx }, question);
    // They are asked for by what is supposed, with the reason that goes with it.
    const supposed = supposing({ ...input, requested: [] }, hypothesis);
    const made = await inSlices(planInSteps(supposed));
    effects.push(effectsOf(input, hypothesis));
    explained.push(await inSlices(explainedInSteps(made, () => name)));
    for (const { image, reason } of made.leftAlone) if (reason.kind === 'paused') leftAlone.add(image);
  }
  const builds = explained.flatMap((each) => each.builds);
  return {
    builds,
    leftAlone: explained.flatMap(({ leftAlone }) => leftAlone),
    remarks: remarksOn(effects),
    paused: [...pauseNotes(await pausesInForce({ tx }), leftAlone)],
    expectedSeconds: await expectedSeconds({ tx }, builds),
  };
};

/** What is installed of these modules' streams was built from these sources. */
const sourcesOfModules = async (tx: Tx, modules: readonly string[]): Promise<string[]> => {
  if (modules.length === 0) return [];
  const streams = modules.map((label) => parseModule(label).stream);
  const rows = await tx
    .selectFrom('rpm')
    .select('source_name')
    .distinct()
    .where(sql`split_part(rpm.module, ':', 1) || ':' || split_part(rpm.module, ':', 2)`, 'in', streams)
    .execute();
  return rows.map((row) => row.source_name);
};

interface Concerned {
  readonly name: string;
  readonly distro_release: string;
}

const concernedImages = async (tx: Tx, { images, bases }: Hypothesis): Promise<readonly Concerned[]> => [
  ...(images.length === 0 ? [] : await namedImages(tx, images)),
  ...(bases.length === 0 ? [] : await imagesOnBases(tx, bases)),
];

const namedImages = async (tx: Tx, names: readonly ImageName[]): Promise<readonly Concerned[]> => {
  const rows = await tx
    .selectFrom('image')
    .select(['name', 'distro_release'])
    .where('to_revision', 'is', null)
    .where('name', 'in', names)
    .execute();
  const missing = names.filter((name) => !rows.some((row) => row.name === name));
  if (missing.length > 0) {
    throw new Refused('not-found', `there is no image ${missing.join(', ')}`, '`flibs images` lists them');
  }
  return rows;
};

const imagesOnBases = async (tx: Tx, bases: readonly string[]): Promise<readonly Concerned[]> => {
  const rows = await namedBases({ tx });
  const missing = bases.filter((base) => !rows.some(({ pullspec }) => isBase(pullspec, base)));
  if (missing.length > 0) {
    const known = pullspecsOf(rows).slice(0, 5);
    throw new Refused(
      'not-found',
      `no image is built from ${missing.join(', ')}`,
      known.length === 0 ? 'no image has an external base' : `external bases are ${known.join(', ')}`,
    );
  }
  return rows
    .filter(({ pullspec }) => bases.some((base) => isBase(pullspec, base)))
    .map(({ image, distroRelease }) => ({ name: image, distro_release: distroRelease }));
};
