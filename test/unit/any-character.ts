/** Every code point for properties, halves of surrogate pairs included: in no time, where fast-check's own takes seconds. */
import fc from 'fast-check';

export const anyCharacter: fc.Arbitrary<string> = fc
  .oneof(fc.nat(0x7f), fc.integer({ min: 0xd800, max: 0xdfff }), fc.nat(0x10ffff))
  .map((code) => String.fromCodePoint(code));
