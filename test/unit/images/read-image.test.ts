import { describe, expect, test } from '@jest/globals';
import { DistroRelease } from '../../../schemas/files/distro-release.ts';
import { type ImageFiles, readImage } from '../../../src/images/read-image.ts';

const f40 = DistroRelease.parse({
  name: 'F40',
  productVersion: 'fedora-40',
  releasever: '40',
  branch: 'f40',
  arches: ['x86_64', 'aarch64', 'ppc64le', 's390x'],
  repositories: [],
});
const f41 = { ...f40, name: DistroRelease.shape.name.parse('F41'), productVersion: 'fedora-41' };

const files = (more: Partial<ImageFiles> = {}): ImageFiles => ({
  name: 'app',
  treeId: 'a'.repeat(40),
  sourceTime: 1,
  ...more,
});
const packageList = (yaml = '', more: Partial<ImageFiles> = {}) =>
  files({ containerYaml: `compose: {packages: [bash]}\nflibs:\n  version: 3.0\n${yaml}`, ...more });
const containerfile = (text = 'FROM runtime\nLABEL version=1\n', more: Partial<ImageFiles> = {}) =>
  files({ containerfile: text, ...more });

const image = (given: ImageFiles, releases = [f40]) => {
  const read = readImage(given, releases);
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  return read.image;
};
const problems = (given: ImageFiles, releases = [f40]) => {
  const read = readImage(given, releases);
  return 'problems' in read ? read.problems.join('\n') : '';
};

describe('an image given as a package list', () => {
  test('is read whole', () => {
    const yaml = `platforms: {not: s390x}
compose:
  packages: [bash, "@perl:5.38/minimal"]
  modules: [perl:5.38]
  pulp_repos: true
flibs:
  distro_release: F40
  parent: base
  version: 3.0
  auto_rebuild: false
  owners: someone
  labels: {com.redhat.component: app-container, summary: "An app"}
  command: [/usr/bin/app, --port, 8080]
  smoke_test: {command: [/usr/bin/app, --version], timeout: 30}
`.replace('"@perl:5.38/minimal"', '"@perl:5.38"');
    expect(image(files({ containerYaml: yaml }))).toEqual({
      name: 'app',
      component: 'app-container',
      version: '3.0',
      distroRelease: 'F40',
      parents: [{ kind: 'image', image: 'base', edge: 'layer' }],
      recipe: { kind: 'packages', packages: ['bash', '@perl:5.38'] },
      arches: ['x86_64', 'aarch64', 'ppc64le'],
      owners: ['someone'],
      autoRebuild: false,
      labels: { 'com.redhat.component': 'app-container', summary: 'An app' },
      command: ['/usr/bin/app', '--port', '8080'],
      smokeTest: { command: ['/usr/bin/app', '--version'], timeout: 30 },
      gating: [],
      treeId: 'a'.repeat(40),
      sourceTime: 1,
    });
  });

  test('says little where little is said', () => {
    expect(image(packageList())).toMatchObject({
      component: 'app',
      parents: [],
      owners: [],
      autoRebuild: true,
      labels: {},
      arches: f40.arches,
    });
  });

  test('may stand on an external base', () => {
    const pullspec = `registry.example.com:5000/base@sha256:${'0'.repeat(64)}`;
    expect(image(packageList(`  parent: ${pullspec}\n`)).parents).toEqual([
      { kind: 'external', pullspec, edge: 'layer' },
    ]);
    expect(image(packageList('  parent: scratch\n')).parents).toEqual([]);
  });
});

describe('an image with a Containerfile', () => {
  test('has its parents, version and component from there', () => {
    const text =
      'FROM builder AS b\nFROM runtime\nCOPY --from=b / /\nLABEL version=1.2 com.redhat.component=app-container\n';
    expect(image(containerfile(text, { containerfilePath: 'Dockerfile' }))).toMatchObject({
      component: 'app-container',
      version: '1.2',
      parents: [
        { kind: 'image', image: 'runtime', edge: 'layer' },
        { kind: 'image', image: 'builder', edge: 'build-only' },
      ],
      recipe: { kind: 'containerfile', path: 'Dockerfile' },
    });
  });

  test('has the version of container.yaml first', () => {
    expect(image(containerfile(undefined, { containerYaml: 'flibs: {version: 2.10}' })).version).toBe('2.10');
  });

  test('cannot have what is for package lists, each named', () => {
    const text = problems(
      containerfile(undefined, { containerYaml: 'flibs: {parent: base, labels: {a: b}, command: [x]}' }),
    );
    expect(text).toContain('flibs.parent: is for images given as a package list');
    expect(text).toContain('flibs.labels:');
    expect(text).toContain('flibs.command:');
  });
});

describe('the distro release', () => {
  test('must be named where there are several', () => {
    expect(problems(packageList(), [f40, f41])).toBe(
      'container.yaml: flibs.distro_release: must be set; configured are: F40, F41',
    );
    expect(image(packageList('  distro_release: F41\n'), [f40, f41]).distroRelease).toBe('F41');
  });

  test('must be configured', () => {
    expect(problems(packageList('  distro_release: F42\n'))).toContain(
      'F42 is not configured; configured are: F40',
    );
  });
});

describe('platforms', () => {
  test.each([
    ['only: x86_64', ['x86_64']],
    ['only: [s390x, aarch64]', ['aarch64', 's390x']],
    ['only: [x86_64, aarch64], not: x86_64', ['aarch64']],
    ['only: [x86_64, riscv64]', ['x86_64']],
    ['not: [x86_64, aarch64, ppc64le]', ['s390x']],
    ['only:', ['x86_64', 'aarch64', 'ppc64le', 's390x']],
  ])('{%s} leaves %j', (platforms, arches) => {
    expect(
      image(
        packageList('', {
          containerYaml: `platforms: {${platforms}}\ncompose: {packages: bash}\nflibs: {version: 1}`,
        }),
      ).arches,
    ).toEqual(arches);
  });

  test('that leave no arch are refused', () => {
    const text = problems(
      files({ containerYaml: 'platforms: {only: riscv64}\ncompose: {packages: [a]}\nflibs: {version: 1}' }),
    );
    expect(text).toBe('container.yaml: platforms leaves no arch of F40 (x86_64, aarch64, ppc64le, s390x)');
  });

  test('that are no arches are refused with those that are', () => {
    const text = problems(files({ containerYaml: 'platforms: {only: amd64}\ncompose: {packages: [a]}' }));
    expect(text).toContain('container.yaml: platforms.only.0: must be one of x86_64, aarch64');
  });
});

describe('wrong input', () => {
  test.each<[string, ImageFiles, string]>([
    [
      'an unknown key of ours',
      packageList('  autorebuild: false\n'),
      'container.yaml: flibs.autorebuild: unknown key; known are distro_release, parent',
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
    ['no version', containerfile('FROM runtime\n'), 'no version: set flibs.version'],
    ['nothing to build', files(), 'nothing to build'],
    ['YAML that is none', files({ containerYaml: 'a: [' }), 'container.yaml: '],
    ['YAML that is a list', files({ containerYaml: '- a' }), 'container.yaml: the file: '],
    ['two documents', files({ containerYaml: 'a: b\n---\nc: d' }), 'holds more than one document'],
    [
      'a key twice',
      files({ containerYaml: 'flibs: {version: 1}\nflibs: {version: 2}' }),
      'Map keys must be unique',
    ],
    ['a bomb', files({ containerYaml: bomb() }), 'container.yaml: '],
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

describe('gating.yaml', () => {
  const policy = (text: string) => packageList('', { gatingYaml: text });
  const rule = (name: string) => `  - !PassingTestCaseRule {test_case_name: ${name}}\n`;

  test('gives the test cases of the policies for the product version, each once', () => {
    const text =
      `--- !Policy\nproduct_versions:\n  - fedora-*\ndecision_context: gate\nsubject_type: redhat-container-image\nrules:\n${rule('smoke')}${rule('audit')}` +
      `--- !Policy\nid: other\nproduct_versions: [fedora-39]\nrules:\n${rule('old')}` +
      `--- !Policy\nproduct_versions: [fedora-4?]\nrules:\n${rule('smoke')}`;
    expect(image(policy(text)).gating).toEqual([{ testCase: 'smoke' }, { testCase: 'audit' }]);
  });

  test('that asks for nothing asks for nothing', () => {
    expect(image(policy('--- !Policy\nrules: []\n')).gating).toEqual([]);
    expect(image(policy('')).gating).toEqual([]);
    expect(image(policy('---\n')).gating).toEqual([]);
  });

  test.each([
    ['rules: []', 'each document must begin with "--- !Policy"'],
    ['--- !Policy\nid: a', 'rules: must be a list'],
    ['--- !Policy\nrules: [!RemoteRule {}]', 'rules.0: !RemoteRule is not supported'],
    ['--- !Policy\nrules: [{test_case_name: a}]', 'rules.0: has no tag'],
    ['--- !Policy\nrules: [!PassingTestCaseRule {}]', 'rules.0'],
    [
      '--- !Policy\nrules: [!PassingTestCaseRule {test_case_name: a, valid_since: 2024-01-01}]',
      'rules.0: valid_since: unknown key; known are test_case_name',
    ],
    ['--- !Policy\nexcluded_packages: [a]\nrules: []', 'excluded_packages: unknown key'],
  ])('%j is refused: %s', (text, problem) => {
    expect(problems(policy(text))).toContain(problem);
  });
});

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
