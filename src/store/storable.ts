/**
 * What PostgreSQL's text and jsonb refuse (NUL, and in jsonb lone surrogates; SQLSTATE 22021 and 22P05) arrives in
 * messages of strangers. It is replaced, as a decoder replaces bytes it cannot read, so that a message with it can be
 * written down at all. Bodies are kept as bytes and need none of this.
 */
const unstorable = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** The text with U+FFFD for what the store refuses, cut to `limit` characters. */
export const storableText = (text: string, limit = Number.POSITIVE_INFINITY): string =>
  (text.length > limit ? text.slice(0, limit) : text).replace(unstorable, '\ufffd');

const bytesKey = '$bytes';

const storableValue = (_key: string, value: unknown): unknown => {
  if (typeof value === 'string') return storableText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  return entries.some(([key]) => storableText(key) !== key)
    ? Object.fromEntries(entries.map(([key, item]) => [storableText(key), item]))
    : value;
};

/** Text for a jsonb column. `undefined` becomes JSON's null. */
export const json = (value: unknown): string => JSON.stringify(value ?? null, storableValue);

/** Headers of AMQP as jsonb: bytes are written as `{"$bytes": base64}` so that {@link headersFromJson} gives them back. */
export const headersToJson = (headers: Readonly<Record<string, unknown>>): string => {
  const plain = (value: unknown): unknown => {
    if (Buffer.isBuffer(value)) return { [bytesKey]: value.toString('base64') };
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  };
  return json(plain(headers));
};

/** The opposite of {@link headersToJson}. */
export const headersFromJson = (headers: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, withBytes(value)]));

const withBytes = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withBytes);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === bytesKey && typeof first[1] === 'string') {
    return Buffer.from(first[1], 'base64');
  }
  return Object.fromEntries(entries.map(([key, item]) => [key, withBytes(item)]));
};
