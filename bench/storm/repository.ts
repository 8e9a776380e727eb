/** A repository that only has metadata, for a build step that installs nothing: updates appear in it on every arch. */
import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Rpm } from '../../schemas/content.ts';
import type { Arch } from '../../schemas/ids.ts';
import { allPackages } from './fleet.ts';

export interface MetadataOnlyRepository {
  /** With `$basearch` in it. */
  readonly baseurl: string;
  /** Lists these sources' packages in another, newer version. @returns their NVRs */
  publish(sources: readonly string[]): Promise<readonly string[]>;
  newest(name: string, arch: Arch): Rpm;
}

const release = '1.fc40';

export const openRepository = async (
  directory: string,
  arches: readonly Arch[],
): Promise<MetadataOnlyRepository> => {
  let versions = new Map(allPackages.map((name) => [name, 1]));
  const listed = allPackages.map((name) => ({ name, version: 1 }));
  const write = async (): Promise<void> => {
    for (const arch of arches) await writeMetadata(join(directory, arch), listed.map(packageXml(arch)));
  };
  await write();
  return {
    baseurl: `${pathToFileURL(directory).href}/$basearch/`,
    publish: async (sources) => {
      const next = new Map(versions);
      const nvrs = sources.map((name) => {
        const version = (next.get(name) ?? 0) + 1;
        next.set(name, version);
        listed.push({ name, version });
        return `${name}-${version}-${release}`;
      });
      await write();
      versions = next;
      return nvrs;
    },
    newest: (name, arch) => {
      const version = String(versions.get(name));
      return {
        name,
        epoch: 0,
        version,
        release,
        arch,
        sourceName: name,
        sourceEvr: `${version}-${release}`,
      };
    },
  };
};

const packageXml =
  (arch: Arch) =>
  ({ name, version }: { name: string; version: number }): string =>
    `<package type="rpm"><name>${name}</name><arch>${arch}</arch><version epoch="0" ver="${version}" rel="${release}"/>` +
    `<time build="${version}"/><format><rpm:sourcerpm>${name}-${version}-${release}.src.rpm</rpm:sourcerpm></format></package>`;

/** Whoever reads meanwhile finds the old or the new: repomd.xml is exchanged, and what it names stays. */
const writeMetadata = async (directory: string, packages: readonly string[]): Promise<void> => {
  const repodata = join(directory, 'repodata');
  await mkdir(repodata, { recursive: true });
  const xml = `<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="${packages.length}">${packages.join('\n')}</metadata>`;
  const primary = gzipSync(xml);
  const checksum = createHash('sha256').update(primary).digest('hex');
  const name = `${checksum}-primary.xml.gz`;
  await writeFile(join(repodata, name), primary);
  const repomd = `<repomd><data type="primary"><checksum type="sha256">${checksum}</checksum><location href="repodata/${name}"/><open-size>${xml.length}</open-size></data></repomd>`;
  await writeFile(join(repodata, 'repomd.xml.new'), repomd);
  await rename(join(repodata, 'repomd.xml.new'), join(repodata, 'repomd.xml'));
};
