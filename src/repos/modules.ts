/** `modules.yaml`: modulemd documents, one after the other, read one at a time. */
import { Composer } from 'yaml';
import { z } from 'zod';
import { ModuleLabel } from '../../schemas/content.ts';
import { yamlTokens } from '../images/yaml-tokens.ts';
import { type Nevra, parseNevra } from '../rpm/nevra.ts';
import { decodedText } from './bytes.ts';
import { MetadataError } from './metadata-error.ts';
import { yamlDocuments } from './yaml-documents.ts';

/** One build of a module, as a repository lists it. */
export interface ModuleBuild {
  readonly kind: 'module';
  /** `name:stream:version:context`. */
  readonly label: ModuleLabel;
  /** Absent: the document does not tell. */
  readonly arch: string | undefined;
  /** Names of packages by profile. */
  readonly profiles: Readonly<Record<string, readonly string[]>>;
  readonly rpms: readonly Nevra[];
}

/** Which stream of a module is enabled where nobody chose, and which profiles of a stream are installed. */
export interface ModuleDefaults {
  readonly kind: 'defaults';
  readonly module: string;
  readonly stream: string | undefined;
  readonly profiles: Readonly<Record<string, readonly string[]>>;
}

/** Something that says it is one of the above and cannot be used; as dnf does, the others are. */
export interface UnusableModule {
  readonly kind: 'unusable';
  readonly reason: string;
}

export type ModuleDocument = ModuleBuild | ModuleDefaults | UnusableModule;

/** Characters of one document: the largest in the field have some 100,000. */
const longestDocument = 4 * 1024 * 1024;

/** The failsafe schema makes every scalar a string, so an empty one is nothing. */
const absentIfEmpty = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' || value === null ? undefined : value), schema);

const Texts = absentIfEmpty(z.array(z.string().max(1024)).default([]));

const Modulemd = z.object({
  name: z.string(),
  stream: z.string('it has no stream'),
  version: z.string('it has no version').regex(/^[0-9]{1,20}$/, 'its version is no number'),
  context: z.string('it has no context'),
  arch: absentIfEmpty(z.string().optional()),
  profiles: absentIfEmpty(
    z.record(z.string(), absentIfEmpty(z.object({ rpms: Texts }).prefault({}))).default({}),
  ),
  artifacts: absentIfEmpty(z.object({ rpms: Texts }).prefault({})),
});

const Defaults = z.object({
  module: z.string(),
  stream: absentIfEmpty(z.string().optional()),
  profiles: absentIfEmpty(z.record(z.string(), Texts).default({})),
});

const Document = z.object({ document: z.string(), data: z.unknown() });

/** Rejects with MetadataError for what is no YAML; a document of another kind is passed over. */
export const parseModules = async (
  bytes: AsyncIterable<Uint8Array>,
  onModule: (document: ModuleDocument) => void | Promise<void>,
): Promise<void> => {
  for await (const text of yamlDocuments(decodedText(bytes), longestDocument)) {
    const document = Document.safeParse(parsedYaml(text));
    if (!document.success) throw new MetadataError('it has a document that does not say what it is');
    const { document: kind, data } = document.data;
    if (kind === 'modulemd') await onModule(moduleOf(data));
    if (kind === 'modulemd-defaults') await onModule(defaultsOf(data));
  }
};

const parsedYaml = (text: string): unknown => {
  try {
    // Keys are not compared with each other: that takes the square of their number, which a stranger chooses.
    const composer = new Composer({ schema: 'failsafe', uniqueKeys: false });
    const [document] = [...composer.compose(yamlTokens(text), true)];
    const [error] = document?.errors ?? [];
    if (error !== undefined) throw error;
    return document?.toJS();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MetadataError(`it is no YAML that can be read: ${reason.slice(0, 200)}`, { cause });
  }
};

const moduleOf = (data: unknown): ModuleDocument => {
  const parsed = Modulemd.safeParse(data);
  if (!parsed.success) return unusable(data, parsed.error);
  const { name, stream, version, context, arch, profiles, artifacts } = parsed.data;
  const label = ModuleLabel.safeParse(`${name}:${stream}:${version}:${context}`);
  if (!label.success) return unusable(data, label.error);
  return {
    kind: 'module',
    label: label.data,
    arch,
    profiles: Object.fromEntries(Object.entries(profiles).map(([profile, { rpms }]) => [profile, rpms])),
    // Sources are listed as well.
    rpms: artifacts.rpms.flatMap((text) => parseNevra(text) ?? []).filter((rpm) => rpm.arch !== 'src'),
  };
};

const defaultsOf = (data: unknown): ModuleDocument => {
  const parsed = Defaults.safeParse(data);
  return parsed.success
    ? { kind: 'defaults', ...parsed.data, stream: parsed.data.stream }
    : unusable(data, parsed.error);
};

const Named = z.object({ name: z.string().optional(), module: z.string().optional() });

const unusable = (data: unknown, error: z.ZodError): UnusableModule => {
  const named = Named.safeParse(data);
  const name = named.success ? (named.data.name ?? named.data.module) : undefined;
  return {
    kind: 'unusable',
    reason: `module ${JSON.stringify((name ?? '').slice(0, 80))}: ${error.issues[0]?.message ?? 'unusable'}`,
  };
};
