/**
 * Files that take minutes begin first: one of them alone at the end leaves a processor idle. Jest orders by what it
 * remembers of the run before, and where there was none, as in CI, by size, which says little.
 */
import Sequencer from '@jest/test-sequencer';

const longest = [
  'e2e/demo',
  'simulation/rough-delivery',
  'simulation/delivery',
  'e2e/bad-input',
  'e2e/storm',
  'e2e/coalescing',
  'faults/kill-each-consumer',
  'simulation/crashes',
  'faults/host',
  'simulation/updates',
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
