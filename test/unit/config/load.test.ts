import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ConfigSources, loadConfig } from '../../../src/config/load.ts';
import { ConfigError } from '../../../src/config/problem.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flibs-config-'));
});
afterAll(() => rm(directory, { recursive: true }));

const aFile = async (name: string, text: string): Promise<string> => {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
};

const load = (sources: Partial<ConfigSources> = {}) =>
  loadConfig({ env: {}, workingDirectory: directory, ...sources });

/** The lines of the error, one a problem. */
const problemsOf = async (sources: Partial<ConfigSources>): Promise<string[]> => {
  try {
    await load(sources);
  } catch (error) {
    if (error instanceof ConfigError) {
      return error.problems.map(({ key, origin, problem }) => `${key} | ${origin} | ${problem}`);
    }
    throw error;
  }
  throw new Error('the configuration was accepted');
};

describe('where values come from', () => {
  test('without anything the defaults hold, and say so', async () => {
    const { config, origins, file } = await load();
    expect(config.instance).toBe('main');
    expect(config.rebuild).toEqual({ quiet_period: 60, maximum: 600, reconcile_interval: 3600 });
    expect(config.api).toEqual({ host: '127.0.0.1', port: 0 });
    expect(config.data_directory).toBe(join(directory, '.flibs'));
    expect(new Set(origins.values())).toEqual(new Set(['default']));
    expect(file).toBeUndefined();
  });

  test('the environment beats the file, a flag beats both, and each origin is told', async () => {
    const file = await aFile(
      'order.yaml',
      'bus: {prefetch: 10, public_exchange: x}\nrebuild: {maximum: 700}\n',
    );
    const { config, origins } = await load({
      file,
      env: { FLIBS_BUS_PREFETCH: '20', FLIBS_REBUILD_MAXIMUM: '800' },
      flags: { 'bus-prefetch': '30' },
    });
    expect([config.bus.prefetch, config.rebuild.maximum, config.bus.public_exchange]).toEqual([30, 800, 'x']);
    expect(origins.get('bus.prefetch')).toBe('flag --bus-prefetch');
    expect(origins.get('rebuild.maximum')).toBe('environment FLIBS_REBUILD_MAXIMUM');
    expect(origins.get('bus.public_exchange')).toBe(`file ${file}`);
    expect(origins.get('bus.url')).toBe('default');
  });

  test('flibs.yaml of the working directory is read unless another file is named', async () => {
    const home = await mkdtemp(join(directory, 'home-'));
    await writeFile(join(home, 'flibs.yaml'), 'instance: usual\n');
    await writeFile(join(home, 'other.yaml'), 'instance: other\n');
    const at = (sources: Partial<ConfigSources>) => load({ workingDirectory: home, ...sources });
    expect((await at({})).config.instance).toBe('usual');
    expect((await at({ env: { FLIBS_CONFIG: 'other.yaml' } })).config.instance).toBe('other');
    expect((await at({ file: 'other.yaml' })).config.instance).toBe('other');
  });

  test('paths start at the file that names them, those of flags at the working directory', async () => {
    const home = await mkdtemp(join(directory, 'paths-'));
    const file = join(home, 'flibs.yaml');
    await writeFile(file, 'data_directory: state\nbus: {tls: {ca_cert: ca.pem}}\n');
    const { config } = await load({ file, flags: { 'definitions-path': 'images' } });
    expect(config.data_directory).toBe(join(home, 'state'));
    expect(config.bus.tls.ca_cert).toBe(join(home, 'ca.pem'));
    expect(config.definitions.path).toBe(join(directory, 'images'));
    expect(config.bus.tls.keyfile).toBe('');
  });

  test('text is converted: lists at commas, yes and no, numbers', async () => {
    const { config } = await load({
      env: { FLIBS_WORKER_ARCHES: 'x86_64, aarch64', FLIBS_REGISTRY_INSECURE: 'yes', FLIBS_CONSUMERS: '' },
      flags: { 'bus-passive-declares': 'no', 'worker-slots': '4' },
    });
    expect(config.worker).toMatchObject({ arches: ['x86_64', 'aarch64'], slots: 4 });
    expect([config.registry.insecure, config.bus.passive_declares, config.consumers]).toEqual([
      true,
      false,
      [],
    ]);
  });

  test('an empty file and an empty group are no values', async () => {
    expect((await load({ file: await aFile('empty.yaml', '') })).config.instance).toBe('main');
    expect((await load({ file: await aFile('group.yaml', 'bus:\n') })).config.bus.prefetch).toBe(100);
  });
});

describe('a wrong key or value is named, with where it came from and what is allowed', () => {
  test('an unknown key of the file', async () => {
    const file = await aFile('unknown.yaml', 'bus: {uri: amqp://x}\ninstanze: a\n');
    expect(await problemsOf({ file })).toEqual([
      expect.stringMatching(
        /^bus\.uri \| file .*unknown\.yaml \| there is no such key \(did you mean bus\.url\?\); allowed here: bus\.url, bus\.public_exchange/,
      ),
      expect.stringMatching(
        /^instanze \| file .* \| there is no such key \(did you mean instance\?\); allowed here: instance, topic_prefix/,
      ),
    ]);
  });

  test('an unknown variable and an unknown flag', async () => {
    expect(await problemsOf({ env: { FLIBS_BUS_URI: 'x' }, flags: { 'no-such': '1' } })).toEqual([
      'FLIBS_BUS_URI | environment FLIBS_BUS_URI | no key has this variable (did you mean FLIBS_BUS_URL?)',
      '--no-such | flag --no-such | there is no such flag',
    ]);
  });

  test.each([
    ['bus-prefetch', '12abc', 'must be a whole number, 1 or more: value was "12abc"'],
    ['bus-prefetch', '0', 'must be a whole number, 1 or more'],
    ['bus-passive-declares', 'nope', 'must be true or false: value was "nope"'],
    ['api-port', '70000', 'must be a port, 0 to 65535: value was 70000'],
    ['log-level', 'loud', 'must be one of the possible values: ["trace","debug"'],
    ['instance', 'a/../b', 'must be lower case letters, digits and dashes'],
    ['instance', '', 'must be lower case letters, digits and dashes'],
    ['topic-prefix', 'org.#', 'must be words of letters'],
    ['registry-candidate', 'https://host/x', 'must be host[:port]/prefix in lower case, or empty'],
    ['registry-candidate', 'host-without-prefix', 'must be host[:port]/prefix'],
    ['worker-arches', 'x86_64,amd64', 'must be a list of x86_64, aarch64'],
    ['definitions-path', 'a\nb', 'must be a path'],
    ['store-url', 'mysql://x', 'must be a postgresql: or postgres: URL, or empty'],
  ])('--%s %j', async (flag, value, problem) => {
    const [first] = await problemsOf({ flags: { [flag]: value } });
    expect(first).toContain(`flag --${flag} | ${problem}`);
  });

  test('every wrong value is told at once', async () => {
    const problems = await problemsOf({ flags: { 'api-port': 'x' }, env: { FLIBS_WORKER_SLOTS: 'many' } });
    expect(problems).toHaveLength(2);
  });

  test('a password in a refused URL is not printed', async () => {
    const problems = await problemsOf({ flags: { 'bus-url': 'http://u:hunter2@host' } });
    expect(problems).toEqual(['bus.url | flag --bus-url | must be an amqp: or amqps: URL, or empty']);
  });

  test.each([
    ['a value where a group belongs', 'bus: 3\n', 'is a group of keys: url, public_exchange'],
    ['a list', '- 1\n', 'must be a mapping of keys to values'],
    ['a number for text', 'instance: 5\n', 'must be lower case letters'],
    ['__proto__', '__proto__: {instance: x}\n', 'there is no such key'],
    ['a key with dots', 'bus.url: amqp://x\n', 'there is no such key'],
    ['a null value', 'instance:\n', 'must be lower case letters'],
  ])('%s in the file', async (name, text, problem) => {
    const file = await aFile(`${name.replaceAll(/\W/g, '-')}.yaml`, text);
    expect((await problemsOf({ file })).join()).toContain(problem);
  });

  test('a file that is absent or no YAML is named with who named it', async () => {
    expect(await problemsOf({ file: 'absent.yaml' })).toEqual([
      expect.stringMatching(/absent\.yaml \| flag --config \| cannot be read: ENOENT/),
    ]);
    const broken = await aFile('broken.yaml', 'bus: {url: [}\n');
    expect(await problemsOf({ env: { FLIBS_CONFIG: broken } })).toEqual([
      expect.stringMatching(/broken\.yaml \| environment FLIBS_CONFIG \| is not valid YAML: .*line 1/),
    ]);
  });

  test('what does not fit together', async () => {
    const flags = {
      'rebuild-maximum': '10',
      'definitions-kind': 'git',
      'bus-tls-certfile': 'cert.pem',
      'leases-run': '6',
    };
    expect(await problemsOf({ flags })).toEqual([
      'rebuild.maximum | flag --rebuild-maximum | must be at least rebuild.quiet_period, which is 60',
      'definitions.url | default | must be given where definitions.kind is git',
      'leases.run | flag --leases-run | must be at least twice leases.announcement_period, which is 5',
      'bus.tls.keyfile | default | a client certificate needs both certfile and keyfile',
    ]);
  });
});
