/** The answers that routes declare. */
import type { z } from 'zod';
import { Refused } from '../flows/refused.ts';
import { Problem } from './wire/problem.ts';

/** A route that reads: the body, or the store is away. */
export const reads = <Body extends z.ZodType>(body: Body) => ({ 200: body, 400: Problem, 503: Problem });

/** A route that reads one thing. */
export const readsOne = <Body extends z.ZodType>(body: Body) => ({ ...reads(body), 404: Problem });

/** A route that has something done. */
export const acts = <Body extends z.ZodType>(body: Body) => ({ ...readsOne(body), 409: Problem });

/** A route that adds something. */
export const creates = <Body extends z.ZodType>(body: Body) => ({ 201: body, 400: Problem, 503: Problem });

/** The value, or 404 saying what there is none of. */
export const found = <T>(value: T | undefined, what: string, hint?: string): T => {
  if (value === undefined) throw new Refused('not-found', `there is no ${what}`, hint);
  return value;
};
