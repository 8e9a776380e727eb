import { describe, expect, test } from '@jest/globals';
import { type ModuleDocument, parseModules } from '../../../src/repos/modules.ts';

const parsed = async (text: string, pieceSize = text.length): Promise<ModuleDocument[]> => {
  const found: ModuleDocument[] = [];
  async function* pieces() {
    const bytes = Buffer.from(text);
    for (let from = 0; from < bytes.length; from += pieceSize) yield bytes.subarray(from, from + pieceSize);
  }
  await parseModules(pieces(), (document) => void found.push(document));
  return found;
};

const nodejs = `---
document: modulemd
version: 2
data:
  name: nodejs
  stream: 1.10
  version: 4020260401123456
  context: c0ffee42
  arch: x86_64
  description: >-
    Text --- that is no end.
  profiles:
    common:
      rpms: [nodejs, npm]
    empty:
  artifacts:
    rpms:
    - nodejs-1:20.1.0-1.module_f40+1+abc.x86_64
    - nodejs-1:20.1.0-1.module_f40+1+abc.src
...
`;

const defaults = `---
document: modulemd-defaults
version: 1
data:
  module: nodejs
  stream: 1.10
  profiles:
    1.10: [common]
...
`;

const bothKinds: readonly ModuleDocument[] = [
  {
    kind: 'module',
    label: 'nodejs:1.10:4020260401123456:c0ffee42',
    arch: 'x86_64',
    profiles: { common: ['nodejs', 'npm'], empty: [] },
    rpms: [{ name: 'nodejs', epoch: 1, version: '20.1.0', release: '1.module_f40+1+abc', arch: 'x86_64' }],
  },
  { kind: 'defaults', module: 'nodejs', stream: '1.10', profiles: { '1.10': ['common'] } },
];

describe('modules.yaml', () => {
  test('lists builds of modules with their profiles and packages, and defaults', async () => {
    expect(await parsed(nodejs + defaults)).toEqual(bothKinds);
  });

  test('reads the same in pieces of any size', async () => {
    expect(await parsed(nodejs + defaults, 7)).toEqual(bothKinds);
  });

  test('may have comments, directives and nothing between its documents', async () => {
    expect(await parsed(`# made up\n%YAML 1.2\n${nodejs}---\n...\n\n${defaults}`)).toEqual(bothKinds);
  });

  test('may have documents of other kinds', async () => {
    expect(await parsed(`---\ndocument: modulemd-translations\nversion: 1\ndata: {}\n`)).toEqual([]);
  });

  test('that is empty has no modules', async () => {
    expect(await parsed('')).toEqual([]);
  });

  test.each([
    ['a stream', /^ {2}stream.*\n/m, 'it has no stream'],
    ['a version', /^ {2}version.*\n/m, 'it has no version'],
    ['a context', /^ {2}context.*\n/m, 'it has no context'],
  ])('a module without %s is passed over with a reason, and the others are read', async (_, line, reason) => {
    expect(await parsed(nodejs.replace(line, '') + defaults)).toEqual([
      { kind: 'unusable', reason: `module "nodejs": ${reason}` },
      bothKinds[1],
    ]);
  });
});
