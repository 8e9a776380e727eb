/** How the consumers of a process stand, and since when bus and store do. */
import { describe, expect, test } from '@jest/globals';
import { watchLink } from '../../../src/cli/running/link-watch.ts';
import { newMembers } from '../../../src/cli/running/members.ts';

const aProcess = () => {
  const hindrances: { bus?: string; store?: string } = {};
  const members = newMembers(['image-builder', 'releaser'], ['image-builder'], {
    bus: () => hindrances.bus,
    store: () => hindrances.store,
  });
  const stands = () => Object.fromEntries(members.standing().map(({ name, ...rest }) => [name, rest]));
  return { hindrances, members, stands };
};

const atWork = { waiting: () => undefined, effects: () => 2 };

describe('a consumer', () => {
  test('is starting until it runs', () => {
    const { members, stands } = aProcess();
    expect(stands()['releaser']).toEqual({ state: 'starting', effects: 0 });
    members.started('releaser', atWork);
    expect(stands()['releaser']).toEqual({ state: 'running', effects: 2 });
  });

  test('waits for the store, also before it was started; one that never reaches the store does not', () => {
    const { hindrances, stands } = aProcess();
    hindrances.store = 'the store does not answer';
    expect(stands()).toEqual({
      'image-builder': { state: 'starting', effects: 0 },
      releaser: { state: 'waiting', waiting: 'the store does not answer', effects: 0 },
    });
  });

  test('waits for the bus, while its effects go on', () => {
    const { hindrances, members, stands } = aProcess();
    members.started('releaser', atWork);
    hindrances.bus = 'the broker is away';
    expect(stands()['releaser']).toEqual({ state: 'waiting', waiting: 'the broker is away', effects: 2 });
  });

  test('waits for its own queue where bus and store are there', () => {
    const { members, stands } = aProcess();
    members.started('releaser', { ...atWork, waiting: () => 'its queue is gone' });
    expect(stands()['releaser']).toMatchObject({ state: 'waiting', waiting: 'its queue is gone' });
  });

  test('is stopped with its process, whatever it waited for', () => {
    const { hindrances, members, stands } = aProcess();
    hindrances.bus = 'the broker is away';
    members.stopped();
    expect(stands()['releaser']).toEqual({ state: 'stopped', effects: 0 });
  });
});

describe('a link', () => {
  test('has the time at which it was connected or ceased to be, not that of another reason to wait', () => {
    let state: { connected: boolean; waiting?: string } = { connected: false, waiting: 'one reason' };
    let changed = () => undefined as unknown;
    const look = watchLink(
      () => state,
      (listener) => {
        changed = listener;
      },
    );
    const { since } = look();
    state = { connected: false, waiting: 'another reason' };
    changed();
    expect(look()).toEqual({ connected: false, waiting: 'another reason', since });
    while (new Date().toISOString() === since);
    state = { connected: true };
    changed();
    expect(look().since > since).toBe(true);
  });
});
