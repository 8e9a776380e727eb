/** The sweep that repairs drifted tags: what it looks at, what it mends, and what it can only tell. */
import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { waitingThings } from '../../../src/api/queries/waiting.ts';
import type { Ports } from '../../../src/flows/ports.ts';
import { releaseRepository } from '../../../src/flows/registry-paths.ts';
import { checkTags, type TagFinding } from '../../../src/flows/releasing/check-tags.ts';
import { swept } from '../../../src/flows/releasing/tag-sweep.ts';
import { tagsToCheck } from '../../../src/flows/releasing/tags-to-check.ts';
import { RegistryUnavailable } from '../../../src/registry/registry-errors.ts';
import { digestOfText } from '../../simulation/fleet.ts';
import type { World } from '../../simulation/world.ts';
import { eachInReleasedWorld } from './each-in-released-world.ts';
import { inFlow } from './in-flow.ts';

let world: World;
let place: string;
eachInReleasedWorld(async (begun) => {
  world = begun;
  place = releaseRepository(world.settings, 'lonely');
  await unseenFor('2 hours');
});

const db = () => world.environment.store.db;

/** Nobody has looked at any tag for so long. */
const unseenFor = async (interval: string): Promise<void> => {
  await sql`update tag set verified_at = now() - ${interval}::interval, swept_at = null`.execute(db());
};

const portsOf = (more: Partial<Ports> = {}) => ({
  registry: world.registry.registry,
  tagsToCheck: () => tagsToCheck(db()),
  desiredTag: async (repository: string, name: string) => (await tagOf(repository, name))?.desired,
  ...more,
});

const tagOf = (repository: string, name: string) =>
  db()
    .selectFrom('tag')
    .selectAll()
    .where('repository', '=', repository)
    .where('name', '=', name)
    .executeTakeFirst();

const sweep = async (more: Partial<Ports> = {}): Promise<readonly TagFinding[]> => {
  const findings = await checkTags(portsOf(more), new AbortController().signal);
  await inFlow(world, (flow) => swept(flow, findings));
  return findings;
};

const notRight = (findings: readonly TagFinding[]) =>
  findings.filter(({ is }) => is !== 'right').map(({ tag, is }) => `${tag.name} ${is}`);

/** Somebody else has pushed something under this tag. */
const drift = (name: string): string => {
  const other = world.registry.put(place, Buffer.from('{"somebody": "else"}'), 'application/json');
  const { registry, repository } = world.registry.registry(place);
  void registry.tag(repository, name, other);
  return other;
};

const tagEvents = () => db().selectFrom('transition').selectAll().where('kind', '=', 'tag').execute();

test('tags that are right are left alone, and not looked at again for an hour', async () => {
  expect(notRight(await sweep())).toEqual([]);
  expect(await tagsToCheck(db())).toEqual([]);
  expect(await tagEvents()).toEqual([]);
});

test('a tag that somebody moved is put back, and the repair is among the steps of its build', async () => {
  const other = drift('latest');
  expect(notRight(await sweep())).toEqual(['latest repaired']);
  const tag = await tagOf(place, 'latest');
  expect(world.registry.tagsOf(place)['latest']).toBe(tag?.desired);
  const [event] = await tagEvents();
  expect(event).toMatchObject({ subject: `${place}:latest`, entity: tag?.seq, to_state: 'repaired' });
  expect(event?.reason).toContain(other);
});

test('those unseen for the longest come first, and one whose release is under way is its own affair', async () => {
  await sql`update tag set verified_at = null where name = '40-1'`.execute(db());
  await sql`update tag set verified_at = now() - interval '3 hours'
    where name = 'latest' and repository = ${place}`.execute(db());
  const looked = await tagsToCheck(db());
  expect(looked[0]).toMatchObject({ repository: place, name: 'latest' });
  expect(looked.some(({ name }) => name === '40-1')).toBe(false);
});

test('a tag that a release wants elsewhere by now is not put back', async () => {
  drift('latest');
  const findings = await sweep({ desiredTag: async () => digestOfText('the next release') });
  expect(notRight(findings)).toEqual(['latest wanted elsewhere']);
});

/** The manifest that `latest` is wanted to point to was deleted, and the tag with it. */
const loseManifest = async (): Promise<Partial<Ports>> => {
  const { desired } = (await tagOf(place, 'latest')) ?? {};
  const { registry } = world.registry.registry(place);
  const lacking = {
    ...registry,
    headManifest: async (repository: string, reference: string) => {
      const head = await registry.headManifest(repository, reference);
      return repository === place && head?.digest === desired ? undefined : head;
    },
  };
  return { registry: (repository) => ({ registry: lacking, repository }) };
};

test('a tag whose manifest is gone waits visibly, and is not tried in a loop', async () => {
  const findings = await sweep(await loseManifest());
  expect(new Set(notRight(findings))).toEqual(new Set(['40 wrong', '40-1 wrong', 'latest wrong']));
  expect(await waitingThings(db())).toContainEqual({
    what: `tag ${place}:latest`,
    reason: expect.stringMatching(/^sha256:[0-9a-f]{64} is gone from .*: build and release the image again$/),
    since: expect.any(String),
  });
  expect(await tagsToCheck(db())).toEqual([]);
});

test('a problem keeps the time at which it was first seen, and ends when the tag is right', async () => {
  await sweep(await loseManifest());
  const first = await tagOf(place, 'latest');
  await unseenFor('2 hours');
  await sweep(await loseManifest());
  expect((await tagOf(place, 'latest'))?.problem_since).toEqual(first?.problem_since);
  await unseenFor('2 hours');
  await sweep();
  expect(await tagOf(place, 'latest')).toMatchObject({ problem: null, problem_since: null });
});

test('a registry that is away is asked as often as requests go out at once, not once a tag', async () => {
  const { registry } = world.registry.registry(place);
  let asked = 0;
  const away = {
    ...registry,
    headManifest: async () => {
      asked += 1;
      throw new RegistryUnavailable('ECONNREFUSED', { request: 'HEAD somewhere' });
    },
  };
  const findings = await sweep({ registry: (repository) => ({ registry: away, repository }) });
  expect(findings.length).toBeGreaterThan(8);
  expect(findings.every(({ is }) => is === 'wrong')).toBe(true);
  expect(asked).toBe(8);
});
