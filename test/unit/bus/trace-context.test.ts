import { expect, test } from '@jest/globals';
import { childOf, continueTrace, newTraceparent, parseTraceparent } from '../../../src/bus/trace-context.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const random = 'b7ad6b7169203331'.repeat(3);

test('a child stays in the trace, keeps its flags and has a span of its own', () => {
  expect(childOf(`00-${traceId}-b7ad6b7169203331-00`, '00f067aa0ba902b7')).toBe(
    `00-${traceId}-00f067aa0ba902b7-00`,
  );
});

test('a new trace is sampled', () => {
  expect(newTraceparent(traceId, '00f067aa0ba902b7')).toBe(`00-${traceId}-00f067aa0ba902b7-01`);
});

test('a trace is continued where there is a valid one, else begun', () => {
  expect(continueTrace(`00-${traceId}-00f067aa0ba902b7-01`, random)).toBe(
    `00-${traceId}-b7ad6b7169203331-01`,
  );
  expect(continueTrace(undefined, random)).toBe(`00-${random.slice(0, 32)}-b7ad6b7169203331-01`);
  expect(continueTrace('nonsense', random)).toBe(`00-${random.slice(0, 32)}-b7ad6b7169203331-01`);
});

test.each([
  undefined,
  7,
  '',
  '00-ABC',
  `01-${traceId}-00f067aa0ba902b7-01`,
  `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
  `00-${traceId}-${'0'.repeat(16)}-01`,
])('%p is no traceparent', (value) => {
  expect(parseTraceparent(value)).toBeUndefined();
});
