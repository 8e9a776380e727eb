/** What a foreign message is to us. Never a guess: understood, ignored and why, or refused and why. */
import type { z } from 'zod';

export type Reading<T> =
  | { readonly verdict: 'understood'; readonly as: T }
  /** Nothing wrong with it; it does not concern us. */
  | { readonly verdict: 'ignored'; readonly reason: string }
  /** It should have concerned us, and cannot be read. The reason names the field. */
  | { readonly verdict: 'refused'; readonly reason: string };

/** As much of a message as its meaning needs. The whole topic, with its prefix. */
export interface UpstreamMessage {
  readonly topic: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export const understood = <T>(as: T): Reading<T> => ({ verdict: 'understood', as });
export const ignored = (reason: string): Reading<never> => ({ verdict: 'ignored', reason });
export const refused = (reason: string): Reading<never> => ({ verdict: 'refused', reason });

/** Parses a part of a body; what does not fit is refused. `at` is where that part lies in the body. */
export const read = <Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  at: readonly string[] = [],
): Reading<z.infer<Schema>> => {
  const parsed = schema.safeParse(value);
  return parsed.success ? understood(parsed.data) : refused(describe(() => parsed.error, at));
};

/** Zod makes its messages when they are asked for, and trips over objects that cannot be turned into text. */
const describe = (error: () => z.ZodError, at: readonly string[]): string => {
  try {
    return describeIssues(error(), at);
  } catch {
    return `${at.join('.') || 'body'}: holds a value that cannot be told`;
  }
};

/** At most so many issues are told; a hostile body can have thousands. */
const mostIssues = 5;

/** One line that names each place and what is wrong there. */
const describeIssues = (error: z.ZodError, at: readonly string[]): string =>
  error.issues
    .slice(0, mostIssues)
    .map((issue) => `${[...at, ...issue.path].join('.') || 'body'}: ${inWords(issue.message)}`)
    .join('; ');

/** Zod's words for a key that is not there are those of a value of another type. */
const inWords = (message: string): string =>
  message.replace(/^Invalid input: expected (.+), received undefined$/, 'is missing, expected $1');

/** Foreign text inside a reason: bounded, and no control characters get through. */
export const quote = (text: string): string =>
  JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);

/** UMB wraps bodies as `{msg, topic}`, as fedmsg's archive did: what counts is `msg`. */
export const unwrap = (body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => {
  const inner = Object.hasOwn(body, 'msg') && typeof body['topic'] === 'string' ? body['msg'] : undefined;
  return isObject(inner) ? inner : body;
};

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
