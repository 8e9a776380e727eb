/** `primary.xml`: the packages on offer. */
import { z } from 'zod';
import type { Rpm } from '../../schemas/content.ts';
import { sourceOfFileName } from '../rpm/nevra.ts';
import { decodedText } from './bytes.ts';
import { MetadataError } from './metadata-error.ts';
import { type UnreadPart, withoutParts } from './without-parts.ts';
import { parseXml, type XmlHandler } from './xml-stream.ts';

/** A package as a repository lists it. Which module it belongs to is not in primary metadata. */
export interface OfferedRpm extends Rpm {
  /** Unix time, seconds, when it was built. */
  readonly buildTime: number;
}

const word = z
  .string()
  .max(255)
  .regex(/^[A-Za-z0-9_.+~^][A-Za-z0-9_.+~^-]*$/);
const wholeNumber = z
  .string()
  .regex(/^[0-9]{1,12}$/)
  .transform(Number);

const Package = z.object({
  name: word,
  arch: word,
  epoch: wholeNumber.default(0),
  version: word,
  release: word,
  buildTime: wholeNumber.default(0),
  sourceFile: z.string().max(512).optional(),
});

/** As createrepo_c writes it; where another tool writes it otherwise, it is parsed for nothing, and no harm is done. */
const read = ['<time ', '<format>', '</package>', '<name>', '<arch>', '<version '];
const unread: readonly UnreadPart[] = [
  { from: '<checksum ', until: read },
  { from: '<size ', until: ['<format>', ...read] },
  { after: '<format>', until: ['<rpm:sourcerpm>', '</format>'] },
  { after: '</rpm:sourcerpm>', until: ['</format>'] },
];

/** Sources are listed too, where a repository holds them; they are not on offer. */
const sourceArches: readonly string[] = ['src', 'nosrc'];

/** Hands packages over some at a time, as the text comes; each batch is awaited before more is read. */
export const parsePrimary = async (
  bytes: AsyncIterable<Uint8Array>,
  onRpms: (rpms: readonly OfferedRpm[]) => void | Promise<void>,
): Promise<void> => {
  const ready: OfferedRpm[] = [];
  const handOver = async () => {
    if (ready.length > 0) await onRpms(ready.splice(0));
  };
  await parseXml(
    decodedText(withoutParts(bytes, unread)),
    packageHandler((rpm) => ready.push(rpm)),
    handOver,
  );
  await handOver();
};

/** As they stand in the metadata. */
interface Fields {
  name?: string;
  arch?: string;
  epoch?: string | undefined;
  version?: string | undefined;
  release?: string | undefined;
  buildTime?: string | undefined;
  sourceFile?: string;
}

const packageHandler = (found: (rpm: OfferedRpm) => void): XmlHandler => {
  let fields: Fields = {};
  return {
    open: (path, attributes) => {
      const [root, , inPackage] = path;
      if (path.length === 1 && root !== 'metadata')
        throw new MetadataError(`it is a ${root}, not primary metadata`);
      if (path.length === 2) fields = {};
      if (path.length !== 3) return;
      if (inPackage === 'time') fields.buildTime = attributes['build'];
      if (inPackage !== 'version') return;
      fields.epoch = attributes['epoch'];
      fields.version = attributes['ver'];
      fields.release = attributes['rel'];
    },
    close: (path, text) => {
      const [, element, inPackage, inFormat] = path;
      if (path.length === 3 && inPackage === 'name') fields.name = text;
      if (path.length === 3 && inPackage === 'arch') fields.arch = text;
      if (path.length === 4 && inPackage === 'format' && inFormat === 'sourcerpm')
        fields.sourceFile = text.trim();
      if (path.length === 2 && element === 'package' && !sourceArches.includes(fields.arch ?? ''))
        found(rpmOf(fields));
    },
  };
};

const rpmOf = (fields: Fields): OfferedRpm => {
  const parsed = Package.safeParse(fields);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = JSON.stringify((fields.name ?? '').slice(0, 80));
    throw new MetadataError(`package ${name}: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { name, arch, epoch, version, release, buildTime, sourceFile } = parsed.data;
  // Packages made by other tools than rpmbuild have no source package; they stand for themselves.
  const source = sourceOfFileName(sourceFile ?? '') ?? { name, version, release };
  const sourceEvr = `${source.version}-${source.release}`;
  // Spelled out: there are tens of thousands, and copying what was parsed took as long as parsing it.
  return { name, arch, epoch, version, release, buildTime, sourceName: source.name, sourceEvr };
};
