import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../../src/config/load.ts';
import { readRules } from '../../../src/config/rules.ts';
import { readYamlFile } from '../../../src/config/yaml-file.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flibs-rules-'));
});
afterAll(() => rm(directory, { recursive: true }));

const load = async (text: string) => {
  const file = join(directory, 'flibs.yaml');
  await writeFile(file, text);
  return loadConfig({ env: {}, file, workingDirectory: directory });
};

describe('rules', () => {
  test('are read from the file that is named', async () => {
    await writeFile(join(directory, 'rules.yaml'), '- {name: no-web, action: deny, image: ["web*"]}\n');
    const { config } = await load('rules_file: rules.yaml\n');
    expect(config.rules).toEqual([{ name: 'no-web', action: 'deny', image: ['web*'], people: false }]);
  });

  test('may stand in the configuration itself', async () => {
    const { config } = await load('rules: [{name: slow, action: limit, image: ["*"], perHour: 5}]\n');
    expect(config.rules).toHaveLength(1);
  });

  test.each([
    ['[{name: a, action: deny}]', 'rules.0 (file PATH): rule a: names nothing; image: ["*"] is everything'],
    [
      '[{name: a, action: deny, image: ["te(st"]}]',
      'rules.0.image.0 (file PATH): rule a: must be the name of an image',
    ],
    ['[{name: a, action: deny, iamge: ["*"]}]', 'rules.0 (file PATH): rule a: Unrecognized key: "iamge"'],
    [
      '[{name: a, action: deny, image: ["*"]}, {name: a, action: deny, image: ["x"]}]',
      'rules.1.name (file PATH): rule a: is in the list twice',
    ],
    [
      '[{name: a, action: deny, distroRelease: [F93]}]',
      'rule a: F93 is no distro release of this configuration',
    ],
    ['just this', 'rules (file PATH): must be a list of rules'],
  ])('that are broken are an error that names them: %s', async (rules, message) => {
    const path = join(directory, 'flibs.yaml');
    await expect(load(`rules: ${rules}\n`)).rejects.toThrow(message.replace('PATH', path));
  });

  test('of the example can be used', async () => {
    const raw = await readYamlFile(resolve('config/rules.yaml'), 'a test');
    expect(readRules(raw).problems).toBeUndefined();
  });
});
