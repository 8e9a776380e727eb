/**
 * Reads what an RPM repository offers: repomd.xml by a conditional request, then the metadata that it names, which is
 * first fetched whole and checked, then unpacked and parsed as a stream. Nothing unchecked is ever parsed.
 */
import { createHash } from 'node:crypto';
import type { RpmRepository } from '../../schemas/files/distro-release.ts';
import type { Arch } from '../../schemas/ids.ts';
import { type Advisory, parseUpdateinfo } from './advisories.ts';
import { boundedBytes, wholeText } from './bytes.ts';
import { type VerifiedFile, withVerifiedFiles } from './fetch-verified.ts';
import { located } from './metadata-error.ts';
import { type ModuleDocument, parseModules } from './modules.ts';
import { openUrl, type Validators } from './open-url.ts';
import { type OfferedRpm, parsePrimary } from './primary.ts';
import { type MetadataType, parseRepomd } from './repomd.ts';
import { RepositoryError } from './repository-error.ts';
import { baseUrlOf, urlWithin } from './repository-url.ts';

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

/** Everything is handed over in the order of the metadata, awaited, and counts only if the reading resolves. */
export interface RepositoryListener {
  readonly signal: AbortSignal;
  /** Every package but sources, some at a time. */
  readonly onRpms: (rpms: readonly OfferedRpm[]) => void | Promise<void>;
  readonly onModule: (document: ModuleDocument) => void | Promise<void>;
  readonly onAdvisories: (advisories: readonly Advisory[]) => void | Promise<void>;
}

/** Bytes; repomd.xml has a few thousand. */
const largestRepomd = 4 * 1024 * 1024;
/** Bytes of unpacked metadata, whatever repomd.xml tells; Fedora's primary has 250 MB. */
const largestMetadata = 4 * 1024 * 1024 * 1024;

/** Rejects with RepositoryError, whose `failure` says what can be done; with the signal's reason when aborted. */
export const readRepository = async (
  question: RepositoryQuestion,
  listener: RepositoryListener,
): Promise<RepositoryReading> => {
  try {
    return await readOnce(question, listener);
  } catch (error) {
    if (!(error instanceof RepositoryError) || error.failure !== 'updating') throw error;
    // It changed after repomd.xml was fetched: the new one names the new files. Nothing was handed over yet.
    return readOnce({ ...question, previous: undefined }, listener);
  }
};

const readOnce = async (
  { repository: { id: repository, baseurl, ...rest }, arch, releasever, previous }: RepositoryQuestion,
  listener: RepositoryListener,
): Promise<RepositoryReading> => {
  const { signal } = listener;
  const base = baseUrlOf({ id: repository, baseurl, ...rest }, arch, releasever);
  const url = urlWithin(base, 'repodata/repomd.xml', repository);
  const opened = await openUrl({ repository, url, signal, ...(previous ? { validators: previous } : {}) });
  if (opened.status === 'not-modified') return { unchanged: true };
  const about = { repository, url: url.href };
  if (opened.status === 'absent') throw new RepositoryError('unreachable', about, 'is not there');
  const text = await located(about, () => wholeText(boundedBytes(opened.bytes, largestRepomd)));
  const repomdChecksum = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  if (repomdChecksum === previous?.repomdChecksum) return { unchanged: true };
  const { revision, files } = await located(about, () => parseRepomd(text));
  await withVerifiedFiles({ repository, base, files, signal }, (verified) =>
    parseAll(repository, verified, listener),
  );
  return { unchanged: false, revision, repomdChecksum, ...opened.validators };
};

type Parse = (bytes: AsyncIterable<Uint8Array>, listener: RepositoryListener) => Promise<void>;

const parsers: Readonly<Record<MetadataType, Parse>> = {
  primary: (bytes, { onRpms }) => parsePrimary(bytes, onRpms),
  modules: (bytes, { onModule }) => parseModules(bytes, onModule),
  updateinfo: (bytes, { onAdvisories }) => parseUpdateinfo(bytes, onAdvisories),
};

const parseAll = async (
  repository: string,
  files: ReadonlyMap<MetadataType, VerifiedFile>,
  listener: RepositoryListener,
): Promise<void> => {
  for (const [type, { url, path, unpack, openSize }] of files) {
    await located({ repository, url: url.href }, () => {
      const unpacked = unpack(path, listener.signal);
      return parsers[type](
        boundedBytes(unpacked, Math.min(openSize ?? largestMetadata, largestMetadata)),
        listener,
      );
    });
  }
};
