import { afterEach, describe, expect, test } from '@jest/globals';
import { UserError } from '../../../src/cli/user-error.ts';
import { aStubApi, type StubApi } from './a-stub-api.ts';
import { flibs } from './a-terminal.ts';
import { aRebuildInDetail, aTransition } from './answers.ts';

let api: StubApi | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

/** Gives these one after the other, the last one for ever. */
const inTurn = (...values: readonly unknown[]) => {
  let index = -1;
  return () => {
    index = Math.min(index + 1, values.length - 1);
    return values[index];
  };
};

const good = { ...aRebuildInDetail, builds: [] };

describe('flibs rebuilds watch <id>', () => {
  test('tells each transition once, those of slow transactions too, and ends when the rebuild has', async () => {
    const events = inTurn(
      { events: [aTransition(11, 'requested')], next: 11 },
      {
        events: [aTransition(10, 'ready'), aTransition(11, 'requested'), aTransition(12, 'running')],
        next: 12,
      },
    );
    api = await aStubApi({
      'GET /api/v1/rebuilds/4': inTurn(good, good, good, { ...good, state: 'finished' }),
      'GET /api/v1/events?since=0&limit=500&rebuild=4': events,
    });
    const { code, out } = await flibs(['rebuilds', 'watch', '4', '--api', api.url]);
    expect(code).toBe(0);
    expect(out).toBe(
      ['requested', 'ready', 'running']
        .map((to) => `10:20:30Z  webd-2.0-2.x86_64: ${to}  a worker took it\n`)
        .join(''),
    );
  });

  test('ends with 1 when a build failed, naming it', async () => {
    api = await aStubApi({
      'GET /api/v1/rebuilds/4': { ...aRebuildInDetail, state: 'finished' },
      'GET /api/v1/events?since=0&limit=500&rebuild=4': { events: [], next: 0 },
    });
    const { code, err } = await flibs(['rebuilds', 'watch', '4', '--api', api.url]);
    expect(code).toBe(1);
    expect(err).toBe(
      'flibs: rebuild 4 is finished; failed: webd-2.0-2\n  `flibs rebuilds show 4` says why\n',
    );
  });

  test('of a rebuild that is not there ends with 4', async () => {
    api = await aStubApi({});
    expect((await flibs(['rebuilds', 'watch', '4', '--api', api.url])).code).toBe(4);
  });
});

test('flibs rebuilds watch begins with what is new, one JSON object a line, until Ctrl-C', async () => {
  const interruption = new AbortController();
  api = await aStubApi({
    'GET /api/v1/events': { events: [], next: 40 },
    'GET /api/v1/events?since=40&limit=500': {
      events: [aTransition(41, 'blocked', { refused: true })],
      next: 41,
    },
  });
  const { out, code } = await flibs(['rebuilds', 'watch', '--json', '--api', api.url], {
    interrupted: interruption.signal,
    onOut: () => interruption.abort(new UserError('interrupted', 'interrupted')),
  });
  expect(code).toBe(130);
  expect(JSON.parse(out)).toMatchObject({ id: 41, to: 'blocked', refused: true });
});
