/** The example's module: two builds of one stream, as repositories list them and as MBS tells of the newer one. */
import { stringify } from 'yaml';
import type { Arch } from '../../../schemas/ids.ts';

export interface GreeterBuild {
  /** Of its package. */
  readonly version: string;
  /** N:S:V:C apart. */
  readonly module: {
    readonly name: string;
    readonly stream: string;
    readonly version: string;
    readonly context: string;
  };
}

const buildOf = (version: string, moduleVersion: string): GreeterBuild => ({
  version,
  module: { name: 'greeter', stream: '1', version: moduleVersion, context: 'f27b74a8' },
});

export const oldGreeter = buildOf('1.0', '4020260401083000');
export const newGreeter = buildOf('1.1', '4020260415101500');

/** `name:stream:version:context`. */
export const labelOf = ({ module: { name, stream, version, context } }: GreeterBuild): string =>
  [name, stream, version, context].join(':');

/** The documents of modules.yaml for one arch: each build, and which profile is installed where none is named. */
export const modulesYaml = (builds: readonly GreeterBuild[], arch: Arch, dist: string): string =>
  [
    ...builds.map((build) => modulemd(build, arch, dist)),
    {
      document: 'modulemd-defaults',
      version: 1,
      data: { module: 'greeter', modified: 202604010000, profiles: { 1: ['default'] } },
    },
  ]
    .map((document) => `---\n${stringify(document)}...\n`)
    .join('');

const modulemd = ({ version, module }: GreeterBuild, arch: Arch, dist: string) => ({
  document: 'modulemd',
  version: 2,
  data: {
    name: module.name,
    stream: module.stream,
    version: Number(module.version),
    context: module.context,
    arch,
    summary: 'A greeter',
    description: 'The module of the examples.',
    license: { module: ['MIT'], content: ['MIT'] },
    dependencies: [{ requires: { platform: ['f40'] } }],
    profiles: { default: { rpms: ['greeter'] } },
    artifacts: { rpms: [`greeter-0:${version}-1${dist}.${arch}`] },
  },
});
