/** `repodata/repomd.xml`: which files a repository's metadata is made of, and their checksums. */
import { z } from 'zod';
import { MetadataError } from './metadata-error.ts';
import { parseXml } from './xml-stream.ts';

/** createrepo_c's names of checksums; `sha` is SHA-1. */
const checksumTypes = ['sha', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const;

const Size = z
  .string()
  .regex(/^[0-9]{1,15}$/)
  .transform(Number)
  .optional();

const Primary = z.object({
  href: z.string().min(1).max(1024),
  /** As Node's crypto calls it. */
  checksumType: z.enum(checksumTypes).transform((type) => (type === 'sha' ? 'sha1' : type)),
  checksum: z.string().regex(/^[0-9a-f]{40,128}$/),
  /** Bytes as transferred, and unpacked. */
  size: Size,
  openSize: Size,
});
export type PrimaryFile = z.infer<typeof Primary>;

export interface Repomd {
  /** A number or a word that the repository's makers count with; not to be compared. */
  readonly revision: string | undefined;
  readonly primary: PrimaryFile;
}

/** Rejects with MetadataError when it is no repomd.xml, or has no primary metadata. */
export const parseRepomd = async (text: string): Promise<Repomd> => {
  let revision: string | undefined;
  let data: string | undefined;
  const fields: Record<string, string> = {};
  await parseXml([text], {
    open: (path, attributes) => {
      if (path.length === 1 && path[0] !== 'repomd')
        throw new MetadataError(`it is a ${path[0]}, not a repomd`);
      if (path.length === 2) data = path[1] === 'data' ? attributes['type'] : undefined;
      if (data !== 'primary' || path.length !== 3) return;
      if (path[2] === 'location') fields['href'] = attributes['href'] ?? '';
      if (path[2] === 'checksum') fields['checksumType'] = attributes['type'] ?? '';
    },
    close: (path, content) => {
      if (path.length === 2 && path[1] === 'revision') revision = content.trim().slice(0, 128);
      if (data !== 'primary' || path.length !== 3) return;
      if (path[2] === 'checksum') fields['checksum'] = content.trim();
      if (path[2] === 'size') fields['size'] = content.trim();
      if (path[2] === 'open-size') fields['openSize'] = content.trim();
    },
  });
  const primary = Primary.safeParse(fields);
  if (!primary.success) {
    const issue = primary.error.issues[0];
    throw new MetadataError(
      `its primary metadata is not described: ${issue?.path.join('.')}: ${issue?.message}`,
    );
  }
  return { revision, primary: primary.data };
};
