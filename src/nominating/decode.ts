/**
 * From the bytes of a message to its JSON object, without losing anything on the way. fedora-messaging's senders are
 * Python programs: NaN and integers of any size are JSON to them and are not to us, and encodings are codec names.
 */

export type DecodedBody =
  | { readonly ok: true; readonly body: Readonly<Record<string, unknown>> }
  /** What is wrong with the bytes; goes with the dead letter. */
  | { readonly ok: false; readonly reason: string };

/** Bytes. Ours are bounded far below; the largest on Fedora's bus (whole task trees, patches) reach a few MiB. */
export const largestBody = 8 * 1024 * 1024;

const refuse = (reason: string): DecodedBody => ({ ok: false, reason });

/** Names of UTF-8 and of what it contains, as Python's codecs and MIME spell them. */
const utf8: readonly string[] = ['', 'utf-8', 'utf8', 'utf_8', 'us-ascii', 'ascii'];

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads a message's body. Content type and encoding may be absent; UTF-8 JSON is then assumed, as Python's client does. */
export const decodeBody = (
  bytes: Uint8Array,
  contentType: string | undefined,
  contentEncoding: string | undefined,
): DecodedBody => {
  if (bytes.byteLength > largestBody)
    return refuse(`the body has ${bytes.byteLength} bytes, more than ${largestBody}`);
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(contentType ?? '')?.[1];
  for (const encoding of [contentEncoding, charset]) {
    if (!utf8.includes((encoding ?? '').trim().toLowerCase())) {
      return refuse(`the body's encoding is ${JSON.stringify((encoding ?? '').slice(0, 40))}, not utf-8`);
    }
  }
  const text = textOf(bytes);
  return text === undefined ? refuse('the body is not valid UTF-8') : parseObject(text, 'the body');
};

const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
};

/** Parses a JSON object; `what` begins the reason when it is none. */
export const parseObject = (text: string, what: string): DecodedBody => {
  if (text.startsWith('\uFEFF')) return refuse(`${what} begins with a byte order mark`);
  if (tooDeep(text)) return refuse(`${what} is nested deeper than ${deepest} levels`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse(`${what} is not JSON${pythonNumber(text)}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(`${what} is ${kindOf(value)}, not a JSON object`);
  }
  const changed = changedNumber(text);
  if (changed !== undefined)
    return refuse(`${what} holds the number ${changed}, which would not keep its value`);
  return { ok: true, body: { ...value } };
};

const kindOf = (value: unknown): string => {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
};

const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const maybeTooLarge = /\d{16}|[eE]\+?\d{3}/;

/** An integer beyond 2^53 is kept if it happens to be a double; fractions are doubles to Python too, unless infinite. */
const isKept = (token: string): boolean => {
  const value = Number(token);
  if (!Number.isFinite(value)) return false;
  return Number.isSafeInteger(value) || /[.eE]/.test(token) || BigInt(token) === BigInt(value);
};

/** The first number that JavaScript would change. */
const changedNumber = (text: string): string | undefined => {
  if (!maybeTooLarge.test(text)) return undefined;
  for (const [token] of withoutStrings(text).matchAll(number)) {
    if (!isKept(token)) return token.length > 40 ? `${token.slice(0, 40)}…` : token;
  }
  return undefined;
};

const pythonNumber = (text: string): string => {
  const [token] = /NaN|-?Infinity/.exec(withoutStrings(text)) ?? [];
  return token === undefined ? '' : `: ${token} is Python's`;
};

/** The text with each string literal left out. By hand: an expression for literals of megabytes exhausts its stack. */
const withoutStrings = (text: string): string => {
  const parts: string[] = [];
  let from = 0;
  while (from < text.length) {
    const open = text.indexOf('"', from);
    if (open < 0) break;
    parts.push(text.slice(from, open));
    from = endOfString(text, open) + 1;
  }
  return [...parts, text.slice(from)].join('"');
};

/** Index of the quote that closes the one at `open`; the end of the text where none does. */
const endOfString = (text: string, open: number): number => {
  for (let close = text.indexOf('"', open + 1); close >= 0; close = text.indexOf('"', close + 1)) {
    let slashes = 0;
    while (text[close - 1 - slashes] === '\\') slashes += 1;
    if (slashes % 2 === 0) return close;
  }
  return text.length;
};

/** Real bodies stay below 20; what walks a value recursively overflows the stack at some thousands. */
const deepest = 256;

const tooDeep = (text: string): boolean => {
  // Cheaper than looking: a text this short cannot overflow any stack.
  if (text.length < 8192) return false;
  let depth = 0;
  for (const [bracket] of withoutStrings(text).matchAll(/[[{\]}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    if (depth > deepest) return true;
  }
  return false;
};
