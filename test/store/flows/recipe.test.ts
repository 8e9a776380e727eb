/** What went into an arch build, kept with it and sent along with the next command. */
import { expect, test } from '@jest/globals';
import { ArtifactDigest } from '../../../schemas/ids.ts';
import { buildCommand } from '../../../src/flows/dispatching/commands.ts';
import { digestOfText } from '../../simulation/fleet.ts';
import type { World } from '../../simulation/world.ts';
import { eachInReleasedWorld } from './each-in-released-world.ts';
import { inFlow } from './in-flow.ts';

let world: World;
eachInReleasedWorld(async (begun) => {
  world = begun;
  await world.environment.store.db
    .updateTable('arch_build')
    .set({ recipe })
    .where('image', '=', 'base')
    .execute();
});

const recipe = digestOfText('recipe');

/** The baseline that a command for `base` on x86_64 names. */
const baselineFor = ({ byHand }: { byHand: boolean }) =>
  inFlow(world, async (flow) => {
    const build = await flow.tx
      .selectFrom('build')
      .selectAll()
      .where('image', '=', 'base')
      .executeTakeFirstOrThrow();
    const archBuild = await flow.tx
      .selectFrom('arch_build')
      .selectAll()
      .where('build', '=', build.id)
      .where('arch', '=', 'x86_64')
      .executeTakeFirstOrThrow();
    const to = {
      build: { ...build, by_hand: byHand },
      archBuild,
      run: '00000000-0000-4000-8000-000000000000',
    };
    const made = await buildCommand(flow, world.settings, to);
    if (!('command' in made)) throw new Error(JSON.stringify(made));
    expect(made.command.treeId).toBe(build.tree_id);
    return made.command.baseline;
  });

test('a command names the recipe of the baseline, and the content list that goes with it', async () => {
  const baseline = await baselineFor({ byHand: false });
  expect(baseline?.recipe).toBe(recipe);
  expect(ArtifactDigest.safeParse(baseline?.contentList).success).toBe(true);
});

test('whoever asks by hand has it built, whatever went into it before', async () => {
  const baseline = await baselineFor({ byHand: true });
  expect(Object.keys(baseline ?? {}).sort()).toEqual(['contentId', 'manifestDigest']);
});
