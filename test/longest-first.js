/**
 * Files that take minutes begin first: one of them alone at the end leaves a processor idle. Jest orders by what it
 * remembers of the run before, and where there was none, as in CI, by size, which says little.
 */
import Sequencer from '@jest/test-sequencer';

const longest = [
  'simulation/rough-delivery',
  'simulation/delivery',
  'simulation/crashes',
  'simulation/updates',
  'e2e/demo',
  'e2e/storm',
].map((name) => `/test/${name}.test.ts`);

const rankOf = ({ path }) => {
  const rank = longest.findIndex((name) => path.endsWith(name));
  return rank === -1 ? longest.length : rank;
};

export default class extends Sequencer {
  async sort(tests) {
    const usual = await super.sort(tests);
    return [...usual].sort((a, b) => rankOf(a) - rankOf(b));
  }
}
