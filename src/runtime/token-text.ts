/** The text of tokens: what they are made of, and how they are recognised again. */
import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits after a prefix by which scanners find a token where none belongs. */
export const newTokenText = (): string => `flibs_${randomBytes(32).toString('base64url')}`;

export const looksLikeToken = (text: string): boolean => /^flibs_[\w-]{43}$/.test(text);

/**
 * What is kept of a token. A fast hash is enough for what nobody can guess. A token is found by its hash, so how long
 * that takes tells nothing about the text of another.
 */
export const tokenHash = (text: string): Buffer => createHash('sha256').update(text).digest();
