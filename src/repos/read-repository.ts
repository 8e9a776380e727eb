/**
 * Reads what an RPM repository offers: repomd.xml by a conditional request, then primary metadata, which is first
 * fetched whole and checked, then unpacked and parsed as a stream. Nothing unchecked is ever parsed.
 */
import { createHash } from 'node:crypto';
import type { RpmRepository } from '../../schemas/files/distro-release.ts';
import type { Arch } from '../../schemas/ids.ts';
import { boundedBytes, decodedText, wholeText } from './bytes.ts';
import { withVerifiedFile } from './fetch-verified.ts';
import { located } from './metadata-error.ts';
import { openUrl, type Validators } from './open-url.ts';
import { type OfferedRpm, parsePrimary } from './primary.ts';
import { type PrimaryFile, parseRepomd, type Repomd } from './repomd.ts';
import { RepositoryError } from './repository-error.ts';
import { baseUrlOf, urlWithin } from './repository-url.ts';
import { unpackerFor } from './unpack.ts';

/** What to keep from one reading for the next, so that an unchanged repository costs one small request. */
export interface RepositoryState extends Validators {
  /** `sha256:` of repomd.xml. */
  readonly repomdChecksum: string;
}

export type RepositoryReading =
  | { readonly unchanged: true }
  | ({ readonly unchanged: false; readonly revision: string | undefined } & RepositoryState);

export interface RepositoryQuestion {
  readonly repository: RpmRepository;
  readonly arch: Arch;
  readonly releasever: string;
  readonly previous?: RepositoryState | undefined;
}

export interface RepositoryListener {
  readonly signal: AbortSignal;
  /** Every package but sources, in the order of the metadata; awaited one by one. Counts only if the reading resolves. */
  readonly onRpm: (rpm: OfferedRpm) => void | Promise<void>;
}

/** Bytes; repomd.xml has a few thousand. */
const largestRepomd = 4 * 1024 * 1024;
/** Bytes of unpacked primary metadata where repomd.xml does not tell; Fedora's has 250 MB. */
const largestPrimary = 4 * 1024 * 1024 * 1024;

/** Rejects with RepositoryError, whose `failure` says what can be done; with the signal's reason when aborted. */
export const readRepository = async (
  { repository, arch, releasever, previous }: RepositoryQuestion,
  { signal, onRpm }: RepositoryListener,
): Promise<RepositoryReading> => {
  const base = baseUrlOf(repository, arch, releasever);
  const url = urlWithin(base, 'repodata/repomd.xml', repository.id);
  const opened = await openUrl({
    repository: repository.id,
    url,
    signal,
    ...(previous ? { validators: previous } : {}),
  });
  if (opened.status === 'not-modified') return { unchanged: true };
  const about = { repository: repository.id, url: url.href };
  if (opened.status === 'absent') throw new RepositoryError('unreachable', about, 'is not there');
  const text = await located(about, () => wholeText(boundedBytes(opened.bytes, largestRepomd)));
  const repomdChecksum = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  if (repomdChecksum === previous?.repomdChecksum) return { unchanged: true };
  const repomd: Repomd = await located(about, () => parseRepomd(text));
  await readPrimary({ repository: repository.id, base, primary: repomd.primary }, { signal, onRpm });
  return { unchanged: false, revision: repomd.revision, repomdChecksum, ...opened.validators };
};

const readPrimary = (
  { repository, base, primary }: { repository: string; base: URL; primary: PrimaryFile },
  { signal, onRpm }: RepositoryListener,
): Promise<void> => {
  const url = urlWithin(base, primary.href, repository);
  return located({ repository, url: url.href }, async () => {
    const unpack = unpackerFor(url.pathname);
    await withVerifiedFile({ repository, url, signal }, primary, async (path) => {
      const unpacked = boundedBytes(unpack(path, signal), primary.openSize ?? largestPrimary);
      await parsePrimary(decodedText(unpacked), onRpm);
    });
  });
};
