/** The chain of message ids that led to a message, as it travels in one header. */

/** Header with the chain, oldest first, separated by commas. */
export const causationHeader = 'flibs-causation';

const longest = 32;
const idPattern = /^[A-Za-z0-9:._-]{1,255}$/;

/** A chain that grew too long keeps its first cause, which answers "why", and the latest ones. */
export const boundedCausation = (chain: readonly string[]): readonly string[] => {
  const readable = chain.filter((id) => idPattern.test(id));
  const [first] = readable;
  return first === undefined || readable.length <= longest
    ? readable
    : [first, ...readable.slice(1 - longest)];
};

/** Reads the header; what is no list of ids is no causation. */
export const parseCausation = (header: unknown): readonly string[] =>
  typeof header === 'string' && header !== '' && header.length <= longest * 256
    ? boundedCausation(header.split(','))
    : [];
