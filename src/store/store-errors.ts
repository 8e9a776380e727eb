/** Which errors say that the store is away, and which that a transaction is to be tried again at once. */

interface Coded {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly syscall?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

// Errors of Node's core are not `instanceof Error` in every realm (jest's, for one), so their shape is looked at.
const isCoded = (error: unknown): error is Coded => typeof error === 'object' && error !== null;

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * https://www.postgresql.org/docs/15/errcodes-appendix.html: 08 connection exception, 53 insufficient resources (disk
 * full, too many connections), 57P01..57P03 shutting down, crashed, starting; 25006 a standby not yet promoted.
 */
const awaySqlState = /^(?:08...|53...|57P0[123]|25006)$/;

/** pg's own words where it gives no code. */
const awayMessage =
  /^(?:Connection terminated|Client has encountered a connection error|Client was closed and is not queryable|timeout exceeded when trying to connect|timeout expired)/;

/**
 * True when the store could not be reached, went away, or has no room: wait, then do the same again. Looks at the error
 * itself and not at its causes: who wraps an error of the network says by it that it was another system's.
 */
export const isStoreAway = (error: unknown): boolean => {
  if (!isCoded(error)) return false;
  if (typeof error.code === 'string') {
    // A unix socket that is not there (yet).
    if (error.code === 'ENOENT') return error.syscall === 'connect';
    return networkCodes.has(error.code) || awaySqlState.test(error.code);
  }
  if (typeof error.message === 'string' && awayMessage.test(error.message)) return true;
  return Array.isArray(error.errors) && error.errors.some(isStoreAway);
};

/** 40001 serialization failure, 40P01 deadlock: nothing is wrong, another transaction was first. */
export const isLostRace = (error: unknown): boolean =>
  isCoded(error) && (error.code === '40001' || error.code === '40P01');

/** One line for people: the message, its causes, and the SQLSTATE where there is one. */
export const describeError = (error: unknown): string => {
  if (!isCoded(error)) return String(error);
  const inner = Array.isArray(error.errors) ? error.errors.map(describeError).join(', ') : '';
  const message = typeof error.message === 'string' && error.message !== '' ? error.message : inner;
  const code = typeof error.code === 'string' && !message.includes(error.code) ? ` (${error.code})` : '';
  const cause = error.cause === undefined ? '' : `: ${describeError(error.cause)}`;
  return `${message || 'error without a message'}${code}${cause}`;
};
