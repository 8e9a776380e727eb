/** Every problem of a definition says in which file, on which line and at which key it is. */
import { describe, expect, test } from '@jest/globals';
import type { ImageFiles } from '../../../src/images/read-image.ts';
import { containerfile, files, packageList, problems } from './a-definition.ts';

describe('the place of a problem', () => {
  test.each<[string, ImageFiles, string]>([
    [
      'an unknown key',
      packageList('  owners: [a]\n  verson: 1\n'),
      'container.yaml:5: flibs.verson: unknown key',
    ],
    [
      'a wrong value in a list',
      files({ containerYaml: 'compose:\n  packages:\n    - bash\n    - --flag\nflibs: {version: 1}\n' }),
      'container.yaml:4: compose.packages.1: must be the name of a package',
    ],
    [
      'a wrong value that may also be a list',
      packageList('  owners:\n    {}\n'),
      'container.yaml:4: flibs.owners: ',
    ],
    [
      'a parent that cannot be one',
      packageList('  parent: fedora:40\n'),
      'container.yaml:4: flibs.parent: "fedora:40" is neither',
    ],
    [
      'a key that is missing',
      files({ containerYaml: '\ncompose: {packages: [bash]}\nflibs:\n  owners: [ann]\n' }),
      'container.yaml:3: flibs.version: no version',
    ],
    [
      'a platform that leaves nothing',
      files({
        containerYaml:
          'compose: {packages: [bash]}\nflibs: {version: 1}\nplatforms: {not: [x86_64, aarch64, ppc64le, s390x]}\n',
      }),
      'container.yaml:3: platforms: leaves no arch',
    ],
    [
      'broken syntax',
      files({ containerYaml: 'flibs:\n  version: "1\n' }),
      'container.yaml:3: Missing closing',
    ],
    [
      'a second document',
      files({ containerYaml: 'flibs: {version: 1}\n---\na: b\n' }),
      'container.yaml:3: holds more than one document',
    ],
    [
      'a FROM without an end',
      containerfile('# a comment\nFROM base AS\n'),
      'Containerfile:2: FROM: must be "FROM image"',
    ],
    [
      'a parent without a registry',
      containerfile('FROM base\nLABEL version=1\nCOPY --from=fedora:40 /a /a\n'),
      'Containerfile:3: COPY: "fedora:40" is neither',
    ],
    [
      'a label that cannot be a component',
      containerfile('FROM base\nLABEL version=1 \\\n  com.redhat.component=a/b\n'),
      'Containerfile:2: LABEL com.redhat.component: must be letters',
    ],
    [
      'a key that the Containerfile says',
      containerfile(undefined, { containerYaml: 'flibs:\n  command: [a]\n' }),
      'container.yaml:2: flibs.command: is for images given as a package list',
    ],
    [
      'a rule',
      packageList('', {
        gatingYaml: '--- !Policy\nrules:\n  - !PassingTestCaseRule {test_case_name: a}\n  - !Odd {}\n',
      }),
      'gating.yaml:4: rules.1: !Odd is not supported',
    ],
    [
      'a key of a rule',
      packageList('', {
        gatingYaml: '--- !Policy\nrules:\n  - !PassingTestCaseRule\n    test_case_name: a\n    since: 1\n',
      }),
      'gating.yaml:5: rules.0.since: unknown key; known are test_case_name',
    ],
  ])('of %s is told', (_what, given, told) => {
    expect(problems(given)).toContain(told);
  });

  test('of a Dockerfile is the Dockerfile', () => {
    expect(problems(containerfile('FROM a b c\n', { containerfilePath: 'Dockerfile' }))).toMatch(
      /^Dockerfile:1: FROM: /,
    );
  });
});
