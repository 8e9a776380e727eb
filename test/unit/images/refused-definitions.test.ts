import { describe, expect, test } from '@jest/globals';
import type { ImageFiles } from '../../../src/images/read-image.ts';
import { containerfile, files, packageList, problems } from './a-definition.ts';

describe('wrong input', () => {
  test.each<[string, ImageFiles, string]>([
    [
      'an unknown key of ours',
      packageList('  autorebuild: false\n'),
      'container.yaml:4: flibs.autorebuild: unknown key; known are distro_release, parent',
    ],
    [
      'an unknown key of the smoke test',
      packageList('  smoke_test: {command: [a], time: 3}\n'),
      'flibs.smoke_test.time: unknown key; known are command, timeout',
    ],
    [
      'a flag that is none',
      packageList('  auto_rebuild: yes\n'),
      'flibs.auto_rebuild: must be true or false',
    ],
    [
      'a timeout that is none',
      packageList('  smoke_test: {command: [a], timeout: soon}\n'),
      'flibs.smoke_test.timeout: must be whole seconds',
    ],
    [
      'a smoke test as one string',
      packageList('  smoke_test: {command: a b}\n'),
      'flibs.smoke_test.command: must be a list',
    ],
    [
      'a version with a dash',
      files({ containerYaml: 'compose: {packages: [a]}\nflibs: {version: 1-2}' }),
      'flibs.version: must be letters',
    ],
    [
      'no version',
      containerfile('FROM runtime\n'),
      'container.yaml: flibs.version: no version: set it here, or the label version',
    ],
    ['nothing to build', files(), 'nothing to build'],
    ['YAML that is none', files({ containerYaml: 'a: [' }), 'container.yaml:1: '],
    [
      'YAML that is a list',
      files({ containerYaml: '- a' }),
      'container.yaml:1: Invalid input: expected object',
    ],
    ['two documents', files({ containerYaml: 'a: b\n---\nc: d' }), 'holds more than one document'],
    [
      'a key twice',
      files({ containerYaml: 'flibs: {version: 1}\nflibs: {version: 2}' }),
      'Map keys must be unique',
    ],
    ['a bomb', files({ containerYaml: bomb() }), 'container.yaml:2: Excessive alias count'],
  ])('%s is told', (_what, given, problem) => {
    expect(problems(given)).toContain(problem);
  });

  test('every problem is told at once', () => {
    const text = problems(
      containerfile('FROM $X\n', { containerYaml: 'flibs: {distro_release: F9}', gatingYaml: 'a: b' }),
    );
    expect(text.split('\n')).toHaveLength(3);
  });
});

describe('hostile names', () => {
  test.each([
    '../app',
    '--flag',
    '',
    'App',
    'a/b',
    'a b',
    'a\nb',
    '$(id)',
    '__proto__',
    '.',
    `a${'b'.repeat(200)}`,
  ])('an image cannot be called %j', (name) => {
    expect(problems(packageList('', { name }))).toContain('cannot name an image');
  });

  test.each(['--nogpgcheck', '../x', 'a b', '$(id)', '/etc/passwd', 'a\\nb'])(
    'a package cannot be called %j',
    (name) => {
      expect(
        problems(
          files({ containerYaml: `compose: {packages: [${JSON.stringify(name)}]}\nflibs: {version: 1}` }),
        ),
      ).toContain('compose.packages.0: must be the name of a package');
    },
  );

  test.each([
    '--flag',
    '-x',
    'fedora:40',
    '../base',
    'Base',
    'registry.example.com/a b',
    'docker://registry.example.com/a',
    'a@sha256:1',
    'registry.example.com/../x',
  ])('a parent cannot be called %j', (name) => {
    expect(problems(packageList(`  parent: ${JSON.stringify(name)}\n`))).toContain(
      'is neither the name of an image definition nor',
    );
  });

  test.each(['--flag', '../x', 'a b', '$(id)', ''])('a component cannot be called %j', (name) => {
    expect(problems(packageList(`  labels: {com.redhat.component: ${JSON.stringify(name)}}\n`))).not.toBe('');
  });

  test('a key __proto__ changes nothing', () => {
    expect(
      problems(files({ containerYaml: 'flibs: {__proto__: {version: 1}}\ncompose: {packages: [a]}' })),
    ).not.toBe('');
    expect(problems(packageList('  labels: {__proto__: x}\n'))).not.toBe('');
    expect(Object.hasOwn(Object.prototype, 'version')).toBe(false);
  });
});

/** YAML whose aliases would unfold to 9^12 entries. */
function bomb(): string {
  const levels = Array.from({ length: 12 }, (_, level) => {
    const below =
      level === 0
        ? '[x, x, x, x, x, x, x, x, x]'
        : `[${Array(9)
            .fill(`*a${level - 1}`)
            .join(', ')}]`;
    return `a${level}: &a${level} ${below}`;
  });
  return levels.join('\n');
}
