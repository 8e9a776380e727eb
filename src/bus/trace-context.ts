/** W3C Trace Context's `traceparent`, version 00: https://www.w3.org/TR/trace-context/#traceparent-header */

const pattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Undefined for anything that is no valid `traceparent`; all zeros are invalid by the specification. */
export const parseTraceparent = (
  value: unknown,
): { traceId: string; spanId: string; flags: string } | undefined => {
  const [, traceId, spanId, flags] = (typeof value === 'string' ? pattern.exec(value) : null) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return /^0+$/.test(traceId) || /^0+$/.test(spanId) ? undefined : { traceId, spanId, flags };
};

/** Begins a trace. `traceId`: 16 random bytes, `spanId`: 8, both in hexadecimal. */
export const newTraceparent = (traceId: string, spanId: string): string =>
  checked(`00-${traceId}-${spanId}-01`);

/** The same trace, one step on: what a message says that was caused by another. `spanId`: 8 random bytes, hexadecimal. */
export const childOf = (traceparent: string, spanId: string): string => {
  const parent = parseTraceparent(traceparent);
  if (parent === undefined) throw new Error(`no valid traceparent: ${JSON.stringify(traceparent)}`);
  return checked(`00-${parent.traceId}-${spanId}-${parent.flags}`);
};

/** Goes on with a trace where there is one, else begins one. `random`: 24 random bytes in hexadecimal. */
export const continueTrace = (traceparent: string | undefined, random: string): string => {
  const spanId = random.slice(32, 48);
  return parseTraceparent(traceparent) === undefined || traceparent === undefined
    ? newTraceparent(random.slice(0, 32), spanId)
    : childOf(traceparent, spanId);
};

const checked = (traceparent: string): string => {
  if (parseTraceparent(traceparent) !== undefined) return traceparent;
  throw new Error(`no valid traceparent can be made: ${JSON.stringify(traceparent)}`);
};
