import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formats } from '../../../config/formats.ts';
import { closest } from '../../../src/config/closest.ts';
import { effectiveValues } from '../../../src/config/effective.ts';
import { namedKeys } from '../../../src/config/keys.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { maskSecrets } from '../../../src/config/mask.ts';

describe('every key', () => {
  test.each(namedKeys.map(({ name, key, flag }) => ({ name, key, flag })))(
    '$name has a doc string, a known format, and the variable and flag of its name',
    ({ name, key, flag }) => {
      expect(key.doc.length).toBeGreaterThan(8);
      if (typeof key.format === 'string') expect(Object.keys(formats)).toContain(key.format);
      if (key.env === undefined) return;
      expect(key.env).toBe(`FLIBS_${name.toUpperCase().replaceAll('.', '_')}`);
      expect(flag).toBe(name.replaceAll(/[._]/g, '-'));
    },
  );

  test('has a flag and a variable of its own', () => {
    const flags = namedKeys.flatMap(({ flag }) => flag ?? []);
    expect(new Set(flags).size).toBe(flags.length);
    expect(flags.filter((flag) => ['config', 'json', 'help', 'api', 'version'].includes(flag))).toEqual([]);
  });
});

describe('secrets', () => {
  test.each([
    ['amqp://flibs:s3cret@host:5672/%2F', 'amqp://flibs:***@host:5672/%2F'],
    ['postgresql://u:p%40ss@h/db?password=other&x=1', 'postgresql://u:***@h/db?password=***&x=1'],
    ['see https://u:p@h and amqps://a:b@c', 'see https://u:***@h and amqps://a:***@c'],
    ['amqp://:only@host', 'amqp://:***@host'],
    ['http://host:8080/path@x', 'http://host:8080/path@x'],
    [`Bearer flibs_${'x'.repeat(43)}, of flibs_demo`, 'Bearer flibs_***, of flibs_demo'],
    ['plain text: with a colon @ sign', 'plain text: with a colon @ sign'],
  ])('%s is shown as %s', (text, shown) => {
    expect(maskSecrets(text)).toBe(shown);
  });

  test('a password of any URL never shows', () => {
    const passwords = fc.stringMatching(/^[A-Za-z0-9%!$&()*+,;=._~-]{6,20}$/);
    fc.assert(
      fc.property(passwords, (password) => {
        expect(maskSecrets(`x amqp://user:${password}@host/y`)).toBe('x amqp://user:***@host/y');
      }),
    );
  });

  test('the effective configuration shows every key with its origin and no password', async () => {
    const { config, origins } = await loadConfig({
      env: { FLIBS_BUS_URL: 'amqp://u:hunter2@h' },
      workingDirectory: '/nonexistent',
    });
    const rows = effectiveValues(config, origins);
    expect(rows.map((row) => row.key)).toEqual(namedKeys.map(({ name }) => name));
    expect(rows.find((row) => row.key === 'bus.url')).toEqual({
      key: 'bus.url',
      value: 'amqp://u:***@h',
      origin: 'environment FLIBS_BUS_URL',
    });
    expect(JSON.stringify(rows)).not.toContain('hunter2');
  });
});

test('the closest word is one that is near, or none', () => {
  expect(closest('quiet_perid', ['maximum', 'quiet_period'])).toBe('quiet_period');
  expect(closest('something', ['maximum', 'quiet_period'])).toBeUndefined();
});
