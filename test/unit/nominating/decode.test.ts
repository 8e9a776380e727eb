import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeBody, largestBody } from '../../../src/nominating/decode.ts';

const decode = (text: string, contentType?: string, contentEncoding?: string) =>
  decodeBody(Buffer.from(text), contentType, contentEncoding);

const reasonOf = (
  text: string | Uint8Array,
  contentType?: string,
  contentEncoding?: string,
): string | undefined => {
  const decoded = decodeBody(
    typeof text === 'string' ? Buffer.from(text) : text,
    contentType,
    contentEncoding,
  );
  return decoded.ok ? undefined : decoded.reason;
};

describe('bodies that are read', () => {
  test.each([
    [undefined, undefined],
    ['application/json', 'utf-8'],
    ['application/json; charset=UTF-8', undefined],
    ['application/cloudevents+json', 'UTF8'],
    ['application/octet-stream', ''],
  ])('content type %s, encoding %s', (contentType, contentEncoding) => {
    expect(decode('{"name": "caf\\u00e9 é", "n": 1.0}', contentType, contentEncoding)).toEqual({
      ok: true,
      body: { name: 'café é', n: 1 },
    });
  });

  test('any object without numbers that are too long comes back as it was', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (body) => {
        const text = JSON.stringify(body);
        fc.pre(!/[0-9]{16}/.test(text));
        expect(decode(text)).toEqual({ ok: true, body: JSON.parse(text) });
      }),
    );
  });

  test('large numbers, NaN and brackets inside of texts are texts', () => {
    const body = {
      note: `NaN \\" 9007199254740993 ${'['.repeat(9000)}`,
      escaped: '\\',
      ok: 9007199254740992,
      f: 1e300,
    };
    expect(decode(JSON.stringify(body))).toEqual({ ok: true, body });
  });

  test('a text of megabytes full of escapes is read', () => {
    const body = { text: '\n'.repeat(3_000_000), n: 1234567890123456 };
    expect(decode(JSON.stringify(body))).toEqual({ ok: true, body });
  });

  test('a key called __proto__ is a key', () => {
    const decoded = decode(
      '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}',
    );
    expect(decoded.ok).toBe(true);
    expect('polluted' in {}).toBe(false);
    expect(decoded.ok && Object.getPrototypeOf(decoded.body)).toBe(Object.prototype);
  });
});

describe('bodies that are refused', () => {
  test.each([
    ['hello', 'the body is not JSON'],
    ['', 'the body is not JSON'],
    ['{"a": 1', 'the body is not JSON'],
    ['{"a": NaN}', "the body is not JSON: NaN is Python's"],
    ['{"a": [-Infinity]}', "the body is not JSON: -Infinity is Python's"],
    ['[]', 'the body is an array, not a JSON object'],
    ['null', 'the body is null, not a JSON object'],
    ['0', 'the body is a number, not a JSON object'],
    ['"x"', 'the body is a string, not a JSON object'],
    ['\uFEFF{}', 'the body begins with a byte order mark'],
    ['{"a": 9007199254740993}', 'the body holds the number 9007199254740993, which would not keep its value'],
    [
      '{"a": [-12345678901234567890]}',
      'the body holds the number -12345678901234567890, which would not keep its value',
    ],
    ['{"a": 1e400}', 'the body holds the number 1e400, which would not keep its value'],
  ])('%j: %s', (text, reason) => {
    expect(reasonOf(text)).toBe(reason);
  });

  test('gzip, which would stop a Python client for ever', () => {
    expect(reasonOf(gzipSync('{}'), 'application/json', 'gzip')).toBe(
      'the body\'s encoding is "gzip", not utf-8',
    );
  });

  test.each([
    ['application/json; charset=latin-1', undefined],
    ['application/json', 'utf-16'],
  ])('content type %s, encoding %s', (contentType, contentEncoding) => {
    expect(reasonOf('{}', contentType, contentEncoding)).toMatch(/^the body's encoding is/);
  });

  test('bytes that are not UTF-8', () => {
    expect(reasonOf(Buffer.from([0x7b, 0xff, 0x7d]))).toBe('the body is not valid UTF-8');
  });

  test('one byte more than is read', () => {
    expect(reasonOf(Buffer.alloc(largestBody + 1, ' '))).toBe(
      `the body has ${largestBody + 1} bytes, more than ${largestBody}`,
    );
  });

  test('nesting that would overflow the stack of whoever walks it', () => {
    expect(reasonOf(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)).toBe(
      'the body is nested deeper than 256 levels',
    );
  });
});
