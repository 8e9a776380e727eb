/** Many rows at once: in their order, some hundred in a statement, all of them or none. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { insertAll, rowsInto } from '../../src/store/insert-rows.ts';
import { anEnvironment, rowsOf } from './an-environment.ts';

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

const aStore = async () => {
  const { store, close } = await anEnvironment();
  endings.push(close);
  return store;
};

/** More than are on their way at most. */
const many = 1_300;

function* rebuilds() {
  const at = new Date(0);
  const times = { opened_at: at, last_nominated_at: at, close_at: at };
  for (let id = 1; id <= many; id += 1)
    yield {
      id,
      distro_release: 'F40',
      state: 'planned' as const,
      severity: 'none' as const,
      reference: `${id}`,
      ...times,
    };
}

/** Two of each rebuild, the last rebuild's first. */
function* leftAlone(rebuild: (place: number) => number) {
  for (let place = 0; place < 2 * many; place += 1)
    yield { rebuild: rebuild(place), image: `image-${place}`, reason: { place }, text: 'left alone' };
}

const lastFirst = (place: number): number => many - (place % many);

describe('rows of several tables', () => {
  test('are all there, and those that others refer to before these', async () => {
    const store = await aStore();
    await store.transaction((tx) =>
      insertAll(tx, rowsInto('rebuild', rebuilds()), rowsInto('left_alone', leftAlone(lastFirst))),
    );
    expect((await rowsOf(store, 'rebuild')).map(({ id }) => id)).toEqual(
      Array.from({ length: many }, (_, at) => at + 1),
    );
    expect((await rowsOf(store, 'left_alone')).map(({ rebuild }) => rebuild)).toEqual(
      Array.from({ length: 2 * many }, (_, place) => lastFirst(place)),
    );
  });

  test('are not there at all where one of them is refused', async () => {
    const store = await aStore();
    const unknownOne = (place: number): number => (place === 700 ? many + 1 : lastFirst(place));
    const inserting = store.transaction((tx) =>
      insertAll(tx, rowsInto('rebuild', rebuilds()), rowsInto('left_alone', leftAlone(unknownOne))),
    );
    await expect(inserting).rejects.toThrow(/violates foreign key/);
    expect(await rowsOf(store, 'rebuild')).toEqual([]);
  });

  test('of a table that has none to be inserted ask nothing of the store', async () => {
    const store = await aStore();
    await store.transaction((tx) => insertAll(tx, rowsInto('left_alone', [])));
    expect(await rowsOf(store, 'left_alone')).toEqual([]);
  });
});
