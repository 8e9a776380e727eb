/** Blocks of a tar archive: POSIX ustar, with pax records for what does not fit (pax(1), "ustar Interchange Format"). */

export const BLOCK = 512;

export type TarType = 'file' | 'link' | 'directory';

export interface TarEntry {
  readonly path: string;
  readonly type: TarType;
  readonly mode: number;
  /** Unix time, seconds. */
  readonly mtime: number;
  /** A link's target, else empty. */
  readonly target: string;
  readonly content: Buffer;
}

const typeFlags: Record<TarType, string> = { file: '0', link: '2', directory: '5' };

const padding = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);

/** The header, what goes before it and the content, padded: all that the archive holds of one entry. */
export const tarBlocks = (entry: TarEntry): Buffer => {
  const pax = [
    ...(fits(entry.path) ? [] : [paxRecord('path', entry.path)]),
    ...(fits(entry.target) ? [] : [paxRecord('linkpath', entry.target)]),
  ];
  const records = Buffer.concat(pax);
  const extension =
    pax.length === 0
      ? []
      : [
          header('PaxHeader', 'x', { ...entry, target: '', mode: 0o644 }, records.length),
          records,
          padding(records.length),
        ];
  const name = fits(entry.path) ? entry.path : 'see-pax-header';
  const shown = fits(entry.target) ? entry : { ...entry, target: 'see-pax-header' };
  return Buffer.concat([
    ...extension,
    header(name, typeFlags[entry.type], shown, entry.content.length),
    entry.content,
    padding(entry.content.length),
  ]);
};

/** Plain ASCII of at most a hundred bytes; all else is written as a pax record. */
const fits = (text: string): boolean => /^[\x20-\x7e]{0,100}$/.test(text);

/** `<length> <key>=<value>\n`, where the length counts itself. */
const paxRecord = (key: string, value: string): Buffer => {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
};

const header = (
  name: string,
  typeFlag: string,
  entry: Pick<TarEntry, 'mode' | 'mtime' | 'target'>,
  size: number,
): Buffer => {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, width: number) =>
    block.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1');
  block.write(name, 0, 100, 'latin1');
  octal(entry.mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(entry.mtime, 136, 12);
  block.write(' '.repeat(8), 148, 'latin1');
  block.write(typeFlag, 156, 'latin1');
  block.write(entry.target, 157, 100, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  octal(0, 329, 8);
  octal(0, 337, 8);
  block.write(`${checksum(block).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
};

/** Of a header, with its own checksum read as spaces. */
const checksum = (block: Buffer): number =>
  block.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);

/**
 * The entries of an archive. Only what {@link tarBlocks} writes is understood: files, links, directories.
 * @throws Error for anything else, and for an archive that is cut off.
 */
export const readTar = (archive: Buffer): readonly TarEntry[] => {
  const entries: TarEntry[] = [];
  let pax = new Map<string, string>();
  for (let at = 0; ; ) {
    const block = archive.subarray(at, at + BLOCK);
    if (block.length === BLOCK && block.every((byte) => byte === 0)) return entries;
    const read = readHeader(block);
    const start = at + BLOCK;
    const content = archive.subarray(start, start + read.size);
    if (content.length < read.size) throw new Error('the archive is cut off');
    at = start + read.size + padding(read.size).length;
    if (read.typeFlag === 'x') {
      pax = readPax(content);
      continue;
    }
    const [path, target] = [pax.get('path') ?? read.name, pax.get('linkpath') ?? read.target];
    pax = new Map();
    entries.push({
      path,
      target,
      type: typeOf(read.typeFlag, path),
      mode: read.mode,
      mtime: read.mtime,
      content,
    });
  }
};

const typeOf = (flag: string, path: string): TarType => {
  if (flag === '0' || flag === '\0') return 'file';
  if (flag === '2') return 'link';
  if (flag === '5') return 'directory';
  throw new Error(
    `the archive's entry ${JSON.stringify(path)} is no file, directory or symbolic link (type ${JSON.stringify(flag)})`,
  );
};

const readHeader = (block: Buffer) => {
  if (block.length < BLOCK) throw new Error('the archive is cut off');
  const text = (at: number, width: number) => block.toString('latin1', at, at + width).replace(/\0.*$/s, '');
  const number = (at: number, width: number) => {
    const digits = text(at, width).trim();
    if (!/^[0-7]{1,12}$/.test(digits))
      throw new Error('the archive is damaged: a header holds no number where one belongs');
    return Number.parseInt(digits, 8);
  };
  if (text(257, 5) !== 'ustar' || number(148, 8) !== checksum(block)) {
    throw new Error('the archive is damaged: not a ustar header');
  }
  const prefix = text(345, 155);
  return {
    name: prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`,
    mode: number(100, 8),
    size: number(124, 12),
    mtime: number(136, 12),
    typeFlag: block.toString('latin1', 156, 157),
    target: text(157, 100),
  };
};

const readPax = (records: Buffer): Map<string, string> => {
  const pax = new Map<string, string>();
  for (let at = 0; at < records.length; ) {
    const space = records.indexOf(' ', at);
    const length = space < 0 ? Number.NaN : Number(records.toString('latin1', at, space));
    const record = records.subarray(space + 1, at + length);
    const equals = record.indexOf('=');
    if (!(length > 0) || at + length > records.length || equals < 0)
      throw new Error('the archive is damaged: a pax record');
    const key = record.toString('utf8', 0, equals);
    if (key === 'size') throw new Error('the archive holds a file larger than is taken');
    pax.set(key, record.toString('utf8', equals + 1, record.length - 1));
    at += length;
  }
  return pax;
};
