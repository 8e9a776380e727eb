import { describe, expect, test } from '@jest/globals';
import { containerfile, f40, f41, files, image, packageList, problems } from './a-definition.ts';

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

  test('may be rebuilt where what it holds is withdrawn', () => {
    expect(image(packageList('  on_withdrawal: rebuild\n'))).toMatchObject({ onWithdrawal: 'rebuild' });
    expect(image(packageList('  on_withdrawal: alarm\n'))).not.toHaveProperty('onWithdrawal');
    expect(problems(packageList('  on_withdrawal: ignore\n'))).toContain(
      'flibs.on_withdrawal: must be alarm or rebuild',
    );
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
      'container.yaml:2: flibs.distro_release: must be set; configured are: F40, F41',
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
    expect(text).toBe('container.yaml:1: platforms: leaves no arch of F40 (x86_64, aarch64, ppc64le, s390x)');
  });

  test('are required unless they are named as best-effort ones', () => {
    expect(image(packageList()).bestEffort).toBeUndefined();
    expect(image(packageList('  arches: {best_effort: [s390x, ppc64le]}\n')).bestEffort).toEqual([
      'ppc64le',
      's390x',
    ]);
  });

  test('that the image does not have cannot be best-effort ones, nor can all', () => {
    expect(problems(packageList('  arches: {best_effort: riscv64}\n'))).toBe(
      'container.yaml:4: flibs.arches.best_effort: the image is not built for riscv64',
    );
    expect(problems(packageList(`  arches: {best_effort: [${f40.arches.join(', ')}]}\n`))).toContain(
      'at least one arch must be required',
    );
  });

  test('that are no arches are refused with those that are', () => {
    const text = problems(files({ containerYaml: 'platforms: {only: amd64}\ncompose: {packages: [a]}' }));
    expect(text).toContain('container.yaml:1: platforms.only.0: must be one of x86_64, aarch64');
  });
});

describe('an image given as a module', () => {
  const moduleImage = (modules: string, more = '') =>
    files({ containerYaml: `compose: {modules: ${modules}}\nflibs:\n  parent: base\n${more}` });

  test('has the stream as its version, as Koji writes it, and the profiles that are named', () => {
    expect(image(moduleImage('["postgresql:15-devel/client", "postgresql:15-devel/server"]'))).toMatchObject({
      version: '15_devel',
      recipe: { kind: 'module', module: 'postgresql:15-devel', profiles: ['client', 'server'] },
      parents: [{ kind: 'image', image: 'base' }],
    });
  });

  test('may leave the profile to the module', () => {
    expect(image(moduleImage('nodejs:20')).recipe).toEqual({
      kind: 'module',
      module: 'nodejs:20',
      profiles: [],
    });
  });

  test.each([
    ['has no stream', 'nodejs', 'must be name:stream or name:stream/profile, not "nodejs"'],
    ['is an option', '"--root:x"', 'must be name:stream or name:stream/profile'],
    [
      'is another one as well',
      '["nodejs:20", "perl:5.38"]',
      'an image can be one module only, in one stream',
    ],
    ['is in two streams', '["nodejs:20", "nodejs:22"]', 'an image can be one module only, in one stream'],
  ])('is refused when it %s', (_, modules, what) => {
    expect(problems(moduleImage(modules))).toContain(what);
  });

  test('is refused with a version of its own', () => {
    expect(problems(moduleImage('nodejs:20', '  version: 3.0\n'))).toContain(
      "flibs.version: the version of a module's image is its stream",
    );
  });
});
