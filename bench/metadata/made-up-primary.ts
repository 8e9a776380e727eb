/** A repository with made-up primary metadata of Fedora's proportions, the same bytes for the same seed. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { z } from 'zod';

export const MadeUpRepository = z.object({
  /** Path of primary.xml.gz. */
  primary: z.string(),
  /** Unpacked, in bytes. */
  size: z.number(),
});
export type MadeUpRepository = z.infer<typeof MadeUpRepository>;

/** Numbers from 0 up to, not including, 1: mulberry32. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const times = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join('\n');

const word = (random: () => number): string => Math.floor(random() * 36 ** 6).toString(36);

/** One package as createrepo_c writes it: some 4 kB, most of it dependencies and files. */
const packageXml = (random: () => number, index: number): string => {
  const upTo = (most: number) => Math.floor(random() * most);
  const name = `lib${word(random)}-${index}`;
  const evr = `epoch="${upTo(10) === 0 ? 1 : 0}" ver="${upTo(20)}.${upTo(30)}.${upTo(9)}" rel="${1 + upTo(9)}.fc40"`;
  const entry = (kind: string) =>
    `      <rpm:entry name="${kind}(${word(random)})(64bit)" flags="EQ" ${evr}/>`;
  return `<package type="rpm">
  <name>${name}</name>
  <arch>x86_64</arch>
  <version ${evr}/>
  <checksum type="sha256" pkgid="YES">${createHash('sha256').update(name).digest('hex')}</checksum>
  <summary>${times(6, () => word(random)).replaceAll('\n', ' ')}</summary>
  <description>${times(10 + upTo(12), () => times(8, () => word(random)).replaceAll('\n', ' '))}</description>
  <packager>Example Project</packager>
  <url>https://example.org/${name}</url>
  <time file="${1_700_000_000 + index}" build="${1_690_000_000 + index}"/>
  <size package="${upTo(1e7)}" installed="${upTo(3e7)}" archive="${upTo(3e7)}"/>
  <location href="Packages/l/${name}.x86_64.rpm"/>
  <format>
    <rpm:license>MIT AND BSD-3-Clause</rpm:license>
    <rpm:vendor>Example Project</rpm:vendor>
    <rpm:group>Unspecified</rpm:group>
    <rpm:buildhost>builder-${upTo(50)}.example.org</rpm:buildhost>
    <rpm:sourcerpm>lib-${upTo(20_000)}-1.${upTo(30)}-1.fc40.src.rpm</rpm:sourcerpm>
    <rpm:header-range start="4504" end="${9000 + upTo(9000)}"/>
    <rpm:provides>
${times(2 + upTo(10), () => entry('lib'))}
    </rpm:provides>
    <rpm:requires>
${times(6 + upTo(20), () => entry('rtld'))}
    </rpm:requires>
${times(upTo(12), () => `    <file>/usr/bin/${word(random)}</file>`)}
  </format>
</package>`;
};

function* primaryXml(count: number): Generator<string> {
  const random = randomFrom(20_260_401);
  yield `<?xml version="1.0" encoding="UTF-8"?>
<metadata xmlns="http://linux.duke.edu/metadata/common" xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="${count}">
`;
  for (let index = 0; index < count; index += 1) yield `${packageXml(random, index)}\n`;
  yield '</metadata>\n';
}

/** Writes `repodata/` into the directory. */
export const makeUpRepository = async (directory: string, count: number): Promise<MadeUpRepository> => {
  const primary = join(directory, 'repodata', 'primary.xml.gz');
  await mkdir(join(directory, 'repodata'), { recursive: true });
  let size = 0;
  await pipeline(
    Readable.from(primaryXml(count)),
    async function* counted(texts: AsyncIterable<string>) {
      for await (const text of texts) {
        size += Buffer.byteLength(text);
        yield text;
      }
    },
    createGzip(),
    createWriteStream(primary),
  );
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(primary)) hash.update(chunk);
  await writeFile(
    join(directory, 'repodata', 'repomd.xml'),
    `<repomd><data type="primary"><checksum type="sha256">${hash.digest('hex')}</checksum><location href="repodata/primary.xml.gz"/><open-size>${size}</open-size></data></repomd>`,
  );
  return { primary, size };
};
