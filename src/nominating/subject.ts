/** Which image a result is for, from the ways in which messages name it. */
import { Digest, Nvr } from '../../schemas/ids.ts';
import { quote, type Reading, refused, understood } from './reading.ts';
import type { TestSubject } from './test-result.ts';

/** What a message has that may name an image. */
export interface SubjectClues {
  readonly digest: string | null | undefined;
  /** A digest, or `repository@digest`, or anything else. */
  readonly id: string | null | undefined;
  readonly nvr: string | null | undefined;
}

/**
 * A digest where there is one; a broken one is refused, as it would else be a result for another subject. Pipelines
 * outside of build systems put `name:tag` where the NVR should be: that is no NVR, and matters only without a digest.
 */
export const subjectOf = (clues: SubjectClues, at: string): Reading<TestSubject> => {
  const digest = digestOf(clues);
  if (digest.verdict !== 'understood') return refused(`${at}.${digest.reason}`);
  const nvr = Nvr.safeParse(clues.nvr);
  if (digest.as === undefined && !nvr.success) {
    return refused(
      `${at}: names no image: ${clues.nvr ? `nvr ${quote(clues.nvr)} is no NVR` : 'neither digest nor nvr'}`,
    );
  }
  return understood({
    ...(digest.as === undefined ? {} : { digest: digest.as }),
    ...(nvr.success ? { nvr: nvr.data } : {}),
  });
};

type DigestReading =
  | { verdict: 'understood'; as: Digest | undefined }
  | { verdict: 'refused'; reason: string };

const digestOf = ({ digest, id }: SubjectClues): DigestReading => {
  const inId = id?.split('@').at(-1);
  const [field, text] = digest ? ['digest', digest] : ['id', inId?.startsWith('sha256:') ? inId : undefined];
  if (text === undefined) return { verdict: 'understood', as: undefined };
  const parsed = Digest.safeParse(text);
  return parsed.success
    ? { verdict: 'understood', as: parsed.data }
    : { verdict: 'refused', reason: `${field}: ${quote(text)} is no digest` };
};
