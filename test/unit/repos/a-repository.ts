/** Small hand-written repositories, and a server for them. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { RpmRepository } from '../../../schemas/files/distro-release.ts';
import type { OfferedRpm } from '../../../src/repos/primary.ts';
import {
  type RepositoryListener,
  type RepositoryReading,
  type RepositoryState,
  readRepository,
} from '../../../src/repos/read-repository.ts';

export interface PackageXml {
  readonly name?: string;
  readonly arch?: string;
  readonly version?: string;
  readonly sourcerpm?: string;
  readonly extra?: string;
}

export const packageXml = ({
  name = 'bash',
  arch = 'x86_64',
  version = 'epoch="0" ver="5.2" rel="1.fc40"',
  sourcerpm = 'bash-5.2-1.fc40.src.rpm',
  extra = '',
}: PackageXml = {}): string => `<package type="rpm">
  <name>${name}</name><arch>${arch}</arch><version ${version}/>
  <checksum type="sha256" pkgid="YES">00</checksum>
  <summary>&lt;a &amp; b&gt; é</summary><packager/><url/>
  <time file="1700000001" build="1700000000"/>
  <size package="1" installed="2" archive="3"/>
  <location href="b/${name}.rpm"/>
  <format><rpm:license>MIT</rpm:license><rpm:sourcerpm>${sourcerpm}</rpm:sourcerpm>
    <rpm:provides><rpm:entry name="name" flags="EQ" epoch="9" ver="9" rel="9"/></rpm:provides>
    <file>/usr/bin/${name}</file></format>${extra}
</package>`;

export const primaryXml = (...packages: string[]): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="${packages.length}">
${packages.join('\n')}
</metadata>`;

export interface RepositoryFiles {
  readonly [path: string]: Buffer | undefined;
}

export interface Described {
  readonly href?: string;
  readonly checksum?: string;
  readonly checksumType?: string;
  readonly openSize?: number;
  readonly size?: number;
  readonly revision?: string;
}

/** What the package says that `packageXml` makes of nothing. */
export const bash = {
  name: 'bash',
  arch: 'x86_64',
  epoch: 0,
  version: '5.2',
  release: '1.fc40',
  buildTime: 1_700_000_000,
  sourceName: 'bash',
  sourceEvr: '5.2-1.fc40',
};

const path = 'repodata/primary.xml.gz';

/** The two files that matter, with anything in repomd.xml said otherwise where a test wants it. */
export const aRepository = (
  primary: string,
  said: Described = {},
  more: { readonly modules?: string; readonly updateinfo?: string } = {},
): RepositoryFiles => {
  const others = Object.entries(more).map(([type, text]) => ({
    type,
    packed: gzipSync(text),
  }));
  const packed = gzipSync(primary);
  const checksum = said.checksum ?? createHash('sha256').update(packed).digest('hex');
  const repomd = `<?xml version="1.0" encoding="UTF-8"?>
<repomd xmlns="http://linux.duke.edu/metadata/repo" xmlns:rpm="http://linux.duke.edu/metadata/rpm">
  <revision>${said.revision ?? '1700000002'}</revision>
  <data type="filelists"><checksum type="sha256">ff</checksum><location href="repodata/filelists.xml.gz"/></data>
  <data type="primary">
    <checksum type="${said.checksumType ?? 'sha256'}">${checksum}</checksum>
    <open-checksum type="sha256">00</open-checksum>
    <location href="${said.href ?? path}"/>
    <timestamp>1700000002</timestamp>
    <size>${said.size ?? packed.length}</size><open-size>${said.openSize ?? Buffer.byteLength(primary)}</open-size>
  </data>
${others.map(({ type, packed: file }) => `<data type="${type}"><checksum type="sha256">${createHash('sha256').update(file).digest('hex')}</checksum><location href="repodata/${type}.gz"/></data>`).join('\n')}
</repomd>`;
  return {
    'repodata/repomd.xml': Buffer.from(repomd),
    [path]: packed,
    ...Object.fromEntries(others.map(({ type, packed: file }) => [`repodata/${type}.gz`, file])),
  };
};

export interface Served {
  readonly baseurl: string;
  /** What was asked for, with the answer: `GET /x86_64/repodata/repomd.xml 304`. */
  readonly requests: string[];
  files: RepositoryFiles;
  /** Called after each answer. */
  onRequest: (path: string) => void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Serves files below `/<arch>/` with entity tags, as web servers do. */
export const serve = async (files: RepositoryFiles): Promise<Served> => {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const file = served.files[(request.url ?? '').replace(/^\/[^/]+\//, '')];
    const etag = file && `"${createHash('sha256').update(file).digest('hex')}"`;
    const status = statusOf(etag, request.headers['if-none-match']);
    requests.push(`${request.method} ${request.url} ${status}`);
    response.writeHead(status, etag ? { etag } : {}).end(status === 200 ? file : undefined);
    served.onRequest(request.url ?? '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const served: Served = {
    baseurl: `http://127.0.0.1:${address.port}/$basearch`,
    requests,
    files,
    onRequest: () => undefined,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return served;
};

const statusOf = (etag: string | undefined, known: string | undefined): number => {
  if (etag === undefined) return 404;
  return etag === known ? 304 : 200;
};

export const repositoryAt = (baseurl: string): RpmRepository => ({
  id: 'updates',
  baseurl,
  gpgkeys: ['key'],
});

/** Does nothing with what it is not told of. */
export const aListener = (listener: Partial<RepositoryListener>): RepositoryListener => ({
  signal: new AbortController().signal,
  onRpms: () => undefined,
  onModule: () => undefined,
  onAdvisories: () => undefined,
  ...listener,
});

/** Reads it all; the packages are what was handed over. */
export const readAll = async (
  baseurl: string,
  previous?: RepositoryState,
  signal: AbortSignal = new AbortController().signal,
): Promise<{ reading: RepositoryReading; rpms: OfferedRpm[] }> => {
  const rpms: OfferedRpm[] = [];
  const reading = await readRepository(
    { repository: repositoryAt(baseurl), arch: 'x86_64', releasever: '40', previous },
    aListener({ signal, onRpms: (some) => void rpms.push(...some) }),
  );
  return { reading, rpms };
};

/** To be told the next time. */
export const stateOf = ({ reading }: Awaited<ReturnType<typeof readAll>>) => {
  if (reading.unchanged) throw new Error('it should have been read');
  return reading;
};
