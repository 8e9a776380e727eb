import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Arch } from '../../../schemas/ids.ts';
import { writeAddress } from '../../../src/api/address-file.ts';
import { arch } from '../../../src/cli/arguments.ts';
import { exitCodes } from '../../../src/cli/exit-codes.ts';
import { checkPages } from '../../../src/cli/pages.ts';
import { buildProgram } from '../../../src/cli/program.ts';
import { nowhere } from '../../../src/cli/terminal.ts';
import { aStubApi } from './a-stub-api.ts';
import { flibs } from './a-terminal.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flibs-cli-'));
});
afterAll(() => rm(directory, { recursive: true }));

const names = buildProgram(nowhere).commands.map((command) => command.name());

describe('--help', () => {
  test('names every command, every exit code and examples', async () => {
    const { code, out } = await flibs(['--help']);
    expect(code).toBe(0);
    for (const name of ['demo', 'up', 'run', 'images', 'why', 'messages'])
      expect(out).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    for (const exit of Object.values(exitCodes)) expect(out).toContain(`${exit.code}  ${exit.means}`);
    expect(out).toContain('flibs what-if openssl');
  });

  test.each(names.map((name) => [name]))('of %s says what it does and how it is called', async (name) => {
    const { code, out } = await flibs([name, '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^Usage: flibs ${name}`));
    expect(out).toMatch(/--help/);
  });

  test('of up shows every key of the configuration as a flag', async () => {
    const { out } = await flibs(['up', '--help']);
    expect(out).toMatch(/--bus-url <amqp-url> +The broker, as amqp:/);
    expect(out).toMatch(/--registry-insecure \[yes\|no\]/);
    expect(out).toMatch(/--log-level <trace\|debug/);
  });

  test('is on docs/cli.md, the keys are on docs/configuration.md, and both are current (`npm run generate`)', async () => {
    expect(await checkPages(buildProgram(nowhere))).toEqual([]);
  });
});

describe('what cannot be used ends with 2 and says what is allowed', () => {
  test.each([
    [['frobnicate'], /unknown command 'frobnicate'/],
    [['imagse'], /Did you mean images\?/],
    [['images', '--jsn'], /unknown option '--jsn'/],
    [['images', 'show'], /missing required argument 'image'/],
    [['rebuilds', 'show', 'x'], /It is a number, 1 or more/],
    [['logs', 'webd-1-1'], /required option '--arch <arch>'/],
    [['logs', 'webd-1-1', '--arch', 'amd64'], /Allowed choices are x86_64, aarch64/],
    [['build', 'webd', '--arch', 'x86_64,amd64'], /Allowed choices/],
    [['run'], /missing required argument 'consumer'/],
    [['run', 'rebuild-plannr'], /there is no consumer "rebuild-plannr"\n +there are .*rebuild-planner/],
    [['up', '--consumers', 'nothing'], /there is no consumer "nothing"/],
    [['retry', 'webd'], /'webd' is invalid for argument 'nvr'.*name-version-release, such as webd-2\.0-3/],
    [['logs', 'webd', '--arch', 'x86_64'], /`flibs images show <image>` lists those of an image/],
    [['cancel', 'webd'], /the number of a rebuild .*or name-version-release of a build/],
    [['cancel', '0'], /the number of a rebuild/],
    [['pause', 'webd'], /required option '--reason <text>'/],
    [['pause', '--reason', 'x'], /name one: an image, --automatic or --everything \(not 0 of them\)/],
    [['pause', 'webd', '--everything', '--reason', 'x'], /name one: .*\(not 2 of them\)/],
    [['pause', 'webd', '--reason', ' '], /--reason "" must not be empty/],
    [['pause', 'webd', '--reason', 'a\nb'], /--reason "a\\nb" must be one line/],
    [['pause', 'Webd', '--reason', 'x'], /image "Webd" must be lower case/],
    [['pause', 'webd', '--reason', 'x', '--until', 'friday'], /--until "friday" must be a time such as 2026/],
    [['resume'], /name one: an image, --automatic or --everything/],
    [['rebuilds', 'show', '0'], /\(`flibs rebuilds show --help` says what is allowed\)/],
    [['images', '--api', 'ftp://x'], /--api must be an http: or https: address/],
    [['up', '--bus-prefetch', 'many'], /bus\.prefetch \(flag --bus-prefetch\): must be a whole number/],
    [['config', 'show', '--config', 'absent.yaml'], /absent\.yaml \(flag --config\): cannot be read/],
    [['messages', 'parse', 'absent.ndjson'], /absent\.ndjson cannot be read: ENOENT/],
    [['messages', 'parse', '/'], /is a directory/],
  ])('flibs %j', async (words, message) => {
    const { code, err } = await flibs(words);
    expect(err).toMatch(message);
    expect(code).toBe(2);
    expect(err).not.toMatch(/\n\s+at /);
  });

  test('nothing at all prints the help', async () => {
    const { code, err } = await flibs([]);
    expect(code).toBe(2);
    expect(err).toContain('Usage: flibs');
  });
});

describe('the running flibs is found', () => {
  test('by api.json in the data directory, by FLIBS_API, by --api; none is exit code 3', async () => {
    const api = await aStubApi({ 'GET /api/v1/images': [] });
    const none = await flibs(['images'], { workingDirectory: directory });
    expect(none.code).toBe(3);
    expect(none.err).toContain(`no flibs is running on the data directory ${join(directory, '.flibs')}`);
    await writeAddress(directory, api.url);
    expect((await flibs(['images', '--data-directory', directory])).code).toBe(0);
    expect((await flibs(['images'], { env: { FLIBS_DATA_DIRECTORY: directory } })).code).toBe(0);
    expect((await flibs(['images'], { env: { FLIBS_API: api.url } })).code).toBe(0);
    expect(
      (await flibs(['images', '--api', `${api.url}/`], { env: { FLIBS_API: 'http://127.0.0.1:1' } })).code,
    ).toBe(0);
    await api.close();
  });

  test('an api.json that is none counts as none', async () => {
    await writeFile(join(directory, 'api.json'), '{"url": "ftp://');
    expect((await flibs(['images', '--data-directory', directory])).code).toBe(3);
  });
});

describe('flibs config show', () => {
  test('prints every key with its origin, passwords masked', async () => {
    const { code, out } = await flibs(['config', 'show', '--api-port', '8080'], {
      env: { FLIBS_STORE_URL: 'postgresql://flibs:hunter2@db/flibs' },
    });
    expect(code).toBe(0);
    expect(out).toMatch(/^store\.url +postgresql:\/\/flibs:\*\*\*@db\/flibs +environment FLIBS_STORE_URL$/m);
    expect(out).toMatch(/^api\.port +8080 +flag --api-port$/m);
    expect(out).toMatch(/^bus\.url +\(empty\) +default$/m);
  });

  test('--json prints one list', async () => {
    const { out } = await flibs(['config', 'show', '--json', '--registry-insecure']);
    expect(JSON.parse(out)).toContainEqual({
      key: 'registry.insecure',
      value: true,
      origin: 'flag --registry-insecure',
    });
  });
});

test('the arches of the command line are those of the schemas', () => {
  expect(arch.names.split(', ')).toEqual(Arch.options);
});
