/** Appends what a jest run counted to the file in FLIBS_TEST_COUNTS, for the closing line of `npm test`. */
import { appendFileSync } from 'node:fs';

export default class CountsReporter {
  onRunComplete(_contexts, results) {
    const file = process.env.FLIBS_TEST_COUNTS;
    if (file === undefined) {
      return;
    }
    const counts = {
      passed: results.numPassedTests,
      // A file that could not be loaded holds tests that nobody counted.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
    appendFileSync(file, `${JSON.stringify(counts)}\n`);
  }
}
