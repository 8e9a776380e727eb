/** docs/greenwave-comparison.md: what it says of each fact. */
import { readFileSync } from 'node:fs';

const page = new URL('../../../../docs/greenwave-comparison.md', import.meta.url);

export type Verdict = 'equal' | 'better' | 'out of scope';

export interface Compared {
  readonly id: string;
  readonly verdict: Verdict;
  readonly why: string;
}

const isVerdict = (text: string): text is Verdict => ['equal', 'better', 'out of scope'].includes(text);

/** The rows of its tables, in order. */
export const compared = (): readonly Compared[] =>
  [...readFileSync(page, 'utf8').matchAll(/^\| ((?:gw|upd)-\w+) \| [^|]+ \| ([a-z ]+) \| (.*) \|$/gm)].map(
    ([row, id = '', verdict = '', why = '']) => {
      if (!isVerdict(verdict)) throw new Error(`no verdict: ${row}`);
      return { id, verdict, why };
    },
  );
