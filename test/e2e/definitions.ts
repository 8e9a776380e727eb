/** Definitions that state only what matters. */
import { stringify } from 'yaml';

/** Files of a definition by name. */
export type Files = Readonly<Record<string, string>>;

/** A definition of packages on a parent, or on nothing, that passes its own test unless told otherwise. */
export const packagesImage = (
  packages: readonly string[],
  {
    parent = 'scratch',
    test = ['/bin/sh', '-c', 'true'],
  }: { parent?: string; test?: readonly string[] } = {},
): Files => ({
  'container.yaml': stringify({
    compose: { packages: [...packages] },
    flibs: { parent, version: '1', smoke_test: { command: [...test] } },
  }),
  'gating.yaml': gating,
});

/** A definition by a Containerfile. */
export const containerfileImage = (...lines: readonly string[]): Files => ({
  Containerfile: `${lines.join('\n')}\n`,
  'container.yaml': stringify({
    flibs: { version: '1', smoke_test: { command: ['/bin/sh', '-c', 'true'] } },
  }),
  'gating.yaml': gating,
});

const gating = `--- !Policy
product_versions: [fedora-*]
decision_context: container_image_release
subject_type: container-image
rules:
  - !PassingTestCaseRule {test_case_name: flibs.smoke-test.functional}
`;
