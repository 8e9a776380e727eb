/** `npm run bench [-- rebuild|intake|idle|schedule|plan|metadata|storm]`: measures, prints one table, and ends with 0 whatever it measured. */

import { idleBench } from './idle/bench.ts';
import { intakeBench } from './intake/bench.ts';
import { metadataBench } from './metadata/bench.ts';
import { planBench } from './plan/bench.ts';
import { rebuildBench } from './rebuild/bench.ts';
import { type Bench, type Figure, tableOf } from './report.ts';
import { scheduleBench } from './schedule/bench.ts';
import { stormBench } from './storm/bench.ts';

const benches: readonly Bench[] = [
  rebuildBench,
  intakeBench,
  idleBench,
  scheduleBench,
  planBench,
  metadataBench,
  stormBench,
];

const out = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  out(`there is no bench ${unknown.join(', ')}; there are ${benches.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

const results = new Map<string, readonly Figure[]>();
for (const bench of benches.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  try {
    results.set(bench.name, await bench.run((text) => out(`[${bench.name}] ${text}`)));
  } catch (error) {
    out(`[${bench.name}] broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    results.set(bench.name, [{ what: 'broke', value: 'see above' }]);
  }
}
out(`\n${tableOf(results)}`);
