/** `repodata/repomd.xml`: which files a repository's metadata is made of, and their checksums. */
import { z } from 'zod';
import { MetadataError } from './metadata-error.ts';
import { parseXml, type XmlHandler } from './xml-stream.ts';

/** createrepo_c's names of checksums; `sha` is SHA-1. */
const checksumTypes = ['sha', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const;

const Size = z
  .string()
  .regex(/^[0-9]{1,15}$/)
  .transform(Number)
  .optional();

const MetadataFile = z.object({
  href: z.string().min(1).max(1024),
  /** As Node's crypto calls it. */
  checksumType: z.enum(checksumTypes).transform((type) => (type === 'sha' ? 'sha1' : type)),
  checksum: z.string().regex(/^[0-9a-f]{40,128}$/),
  /** Bytes as transferred, and unpacked. */
  size: Size,
  openSize: Size,
});
export type MetadataFile = z.infer<typeof MetadataFile>;

/** What is read; the others (filelists, other, comps, databases, ...) are not. */
export const metadataTypes = ['primary', 'modules', 'updateinfo'] as const;
export type MetadataType = (typeof metadataTypes)[number];

export interface Repomd {
  /** A number or a word that the repository's makers count with; not to be compared. */
  readonly revision: string | undefined;
  /** Primary is always among them. */
  readonly files: ReadonlyMap<MetadataType, MetadataFile>;
}

/** Rejects with MetadataError when it is no repomd.xml, or has no primary metadata. */
export const parseRepomd = async (text: string): Promise<Repomd> => {
  const found = new Map<string, Record<string, string>>();
  let revision: string | undefined;
  await parseXml(
    [text],
    repomdHandler(found, (said) => {
      revision = said;
    }),
  );
  const files = new Map<MetadataType, MetadataFile>();
  for (const type of metadataTypes) {
    const fields = found.get(type);
    if (fields !== undefined || type === 'primary') files.set(type, described(type, fields ?? {}));
  }
  return { revision, files };
};

const described = (type: MetadataType, fields: Readonly<Record<string, string>>): MetadataFile => {
  const file = MetadataFile.safeParse(fields);
  if (file.success) return file.data;
  const issue = file.error.issues[0];
  throw new MetadataError(
    `its ${type} metadata is not described: ${issue?.path.join('.')}: ${issue?.message}`,
  );
};

const repomdHandler = (
  found: Map<string, Record<string, string>>,
  onRevision: (revision: string) => void,
): XmlHandler => {
  let fields: Record<string, string> = {};
  return {
    open: (path, attributes) => {
      if (path.length === 1 && path[0] !== 'repomd')
        throw new MetadataError(`it is a ${path[0]}, not a repomd`);
      if (path.length === 2) fields = {};
      if (path.length === 2 && path[1] === 'data') found.set(attributes['type'] ?? '', fields);
      if (path.length !== 3) return;
      if (path[2] === 'location') fields['href'] = attributes['href'] ?? '';
      if (path[2] === 'checksum') fields['checksumType'] = attributes['type'] ?? '';
    },
    close: (path, content) => {
      if (path.length === 2 && path[1] === 'revision') onRevision(content.trim().slice(0, 128));
      if (path.length !== 3) return;
      if (path[2] === 'checksum') fields['checksum'] = content.trim();
      if (path[2] === 'size') fields['size'] = content.trim();
      if (path[2] === 'open-size') fields['openSize'] = content.trim();
    },
  };
};
