/**
 * `npm test`: all checks and all floors of tests, in order, and one closing line. `npm test -- unit store` runs these
 * floors only. `--no-install` forbids to install what the host lacks.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { loadTypeScript } from './servers/typescript-loader.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What is run together, two files at a time: what waits for programs and services leaves half of two processors idle. */
const steps = [['unit'], ['store', 'bus', 'simulation', 'build', 'faults', 'e2e']];
const allFloors = steps.flat();

const totals = { passed: 0, failed: 0, skipped: 0 };

const count = (more) => {
  for (const key of Object.keys(totals)) {
    totals[key] += more[key];
  }
};

const checkNode = () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19) || major > 24) {
    throw new Error(`flibs needs Node.js 20.19 to 24; this is ${process.versions.node}`);
  }
};

const readArguments = (args) => {
  const unknown = args.find((arg) => arg !== '--no-install' && !allFloors.includes(arg));
  if (unknown !== undefined) {
    throw new Error(`unknown floor ${unknown}; the floors are ${allFloors.join(', ')}`);
  }
  const named = args.filter((arg) => arg !== '--no-install');
  return { named, install: !args.includes('--no-install') };
};

const heading = (text) => console.log(`\n== ${text}`);

const run = (args, env = {}) =>
  execa(process.execPath, args, { cwd: root, stdio: 'inherit', reject: false, env });

/** A check counts as one test. What it prints comes in one piece, as others run beside it. */
const check = async (name, args) => {
  const { failed, all } = await execa(process.execPath, args, { cwd: root, all: true, reject: false });
  heading(name);
  if (all !== '') console.log(all);
  count({ passed: failed ? 0 : 1, failed: failed ? 1 : 0, skipped: 0 });
};

const binOf = (name) => join('node_modules', ...name.split('/'));

const generatedFilesCheck = async () => {
  const main = join('dist', 'src', 'main.js');
  const built = await access(join(root, main)).then(
    () => true,
    () => false,
  );
  if (built) {
    await check('generated files are current', [main, 'generate', '--check']);
  }
};

const build = () => check('build', [binOf('typescript/bin/tsc'), '-p', 'tsconfig.build.json']);

const checks = () =>
  Promise.all([
    check('types (tsc)', [binOf('typescript/bin/tsc'), '--noEmit']),
    check('lint and format (biome)', [
      binOf('@biomejs/biome/bin/biome'),
      'check',
      '--error-on-warnings',
      '.',
    ]),
    check('dead code and dependencies (knip)', [binOf('knip/bin/knip.js')]),
    generatedFilesCheck(),
  ]);

const readCounts = (file) => {
  try {
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  } catch {
    return [];
  }
};

const jest = async (floors, named) => {
  heading(`tests: ${floors.join(', ')}`);
  const folder = mkdtempSync(join(tmpdir(), 'flibs-counts-'));
  const file = join(folder, 'counts');
  const { failed } = await run(
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      binOf('jest/bin/jest.js'),
      '--selectProjects',
      ...floors,
      '--reporters=default',
      '--reporters=<rootDir>/test/reporter.js',
      '--maxWorkers=2',
      ...(named ? [] : ['--passWithNoTests']),
    ],
    { FLIBS_TEST_COUNTS: file },
  );
  const counts = readCounts(file);
  rmSync(folder, { recursive: true });
  counts.forEach(count);
  if (failed && !counts.some((one) => one.failed > 0)) {
    // It failed before or beside the tests: a server that did not start, a process that was left.
    count({ passed: 0, failed: 1, skipped: 0 });
  }
};

const prerequisites = async (install) => {
  heading('what the host needs');
  loadTypeScript();
  const { ensurePrerequisites } = await import('../src/host/prerequisites.ts');
  await ensurePrerequisites({ install, say: console.log });
  console.log('all there');
};

const main = async () => {
  checkNode();
  const { named, install } = readArguments(process.argv.slice(2));
  const wanted = named.length === 0 ? allFloors : named;
  if (wanted.some((floor) => floor !== 'unit')) {
    await prerequisites(install);
    await build();
  }
  if (named.length === 0) {
    await checks();
  }
  for (const floors of steps) {
    const chosen = floors.filter((floor) => wanted.includes(floor));
    // Named floors run one by one, so that each must have tests.
    const together = named.length > 0 ? chosen.map((floor) => [floor]) : [chosen];
    for (const group of together) {
      await jest(group, named.length > 0);
    }
  }
};

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  count({ passed: 0, failed: 1, skipped: 0 });
}
process.exitCode = totals.failed === 0 ? 0 : 1;
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
