/** Plays lanes: each when those before it have ended, runs in slots, and in each lane the steps in their order. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newSlots } from '../../src/runtime/slots.ts';
import { type Bindings, bindingsOf } from './bindings.ts';
import { doStep } from './do-step.ts';
import type { Lane, Script, Step } from './steps.ts';

export const playScript = async (script: Script): Promise<void> => {
  const inSlot = newSlots(script.slots);
  const bodies = await readBodies(script);
  const ended = new Map<string, Promise<void>>();
  for (const lane of script.lanes) {
    const before = lane.after.map((name) => ended.get(name) ?? missing(lane.name, name));
    const play = () => playLane(lane, bodies);
    ended.set(
      lane.name,
      Promise.all(before).then(() => (lane.takesSlot ? inSlot(play) : play())),
    );
  }
  await Promise.all(ended.values());
};

const missing = (lane: string, name: string): never => {
  throw new Error(`${lane} comes after ${name}, which is not in the script before it`);
};

/** Read beforehand, as flibs has them in memory. */
const readBodies = async ({ lanes, directory }: Script): Promise<ReadonlyMap<string, Buffer>> => {
  const names = new Set(lanes.flatMap(({ steps }) => steps.flatMap(bodiesOf)));
  return new Map(
    await Promise.all([...names].map(async (name) => [name, await readFile(join(directory, name))] as const)),
  );
};

const bodiesOf = (step: Step): string[] => {
  if (step.kind === 'request') return step.body === undefined ? [] : [step.body];
  if (step.kind === 'program') return [];
  return step.args.flatMap((arg) =>
    typeof arg === 'object' && arg !== null && 'kept' in arg ? [String(arg.kept)] : [],
  );
};

/** A step begins when all that had ended before it began, in the recording, has ended. */
const playLane = async (lane: Lane, bodies: ReadonlyMap<string, Buffer>): Promise<void> => {
  const bindings: Bindings = bindingsOf();
  const playing: { readonly step: Step; readonly done: Promise<void> }[] = [];
  for (const step of lane.steps) {
    const before = playing.filter((earlier) => earlier.step.ended < step.started);
    const done = Promise.all(before.map((earlier) => earlier.done)).then(() =>
      doStep(step, bindings, bodies),
    );
    // Told once, by the last of all.
    done.catch(() => undefined);
    playing.push({ step, done });
  }
  await Promise.all(playing.map(({ done }) => done)).catch((error: unknown) => {
    throw new Error(`${lane.name}: ${String(error)}`, { cause: error });
  });
};
