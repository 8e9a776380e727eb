/** Cuts out of metadata, as it streams by, parts that nobody reads: most of it is such, and parsing is dear. */

export type UnreadPart = {
  /** What comes right behind it, whichever is first; is kept. */
  readonly until: readonly string[];
} & (
  | {
      /** What comes right before it; is kept. */
      readonly after: string;
    }
  | {
      /** What it begins with. */
      readonly from: string;
    }
);

/** Each piece is handed on shorter. What has none of the marks goes through as it is. */
export async function* withoutParts(
  pieces: AsyncIterable<Uint8Array>,
  parts: readonly UnreadPart[],
): AsyncGenerator<Uint8Array> {
  const cutter = newCutter(parts);
  for await (const piece of pieces) yield cutter.cut(piece);
  yield cutter.rest();
}

interface Part {
  readonly mark: Buffer;
  /** How much of the mark is kept, in bytes. */
  readonly kept: number;
  readonly until: readonly Buffer[];
}

const partOf = (part: UnreadPart): Part => {
  const mark = Buffer.from('from' in part ? part.from : part.after);
  return { mark, kept: 'from' in part ? 0 : mark.length, until: part.until.map((text) => Buffer.from(text)) };
};

const newCutter = (given: readonly UnreadPart[]) => {
  const parts = given.map(partOf);
  const longest = Math.max(
    ...parts.flatMap(({ mark, until }) => [mark, ...until]).map(({ length }) => length),
  );
  let held: Buffer = Buffer.alloc(0);
  let within: Part | undefined;

  const cut = (piece: Uint8Array): Buffer => {
    const bytes = held.length === 0 ? Buffer.from(piece) : Buffer.concat([held, piece]);
    const kept: Buffer[] = [];
    const nextPart = finder(bytes, parts);
    // What may be the beginning of a mark is held back until more is there.
    const end = Math.max(0, bytes.length - longest + 1);
    let from = 0;
    while (from < end) {
      const at = within === undefined ? undefined : firstOf(bytes, within.until, from);
      if (within !== undefined && at === undefined) {
        from = end;
        break;
      }
      if (at !== undefined) from = at;
      const next = nextPart(from);
      within = next?.part;
      const until = next?.at ?? Math.max(from, end);
      kept.push(bytes.subarray(from, until));
      from = until;
    }
    held = bytes.subarray(from);
    return Buffer.concat(kept);
  };
  /** Nothing, within a part that never ended. */
  const rest = (): Buffer => (within === undefined ? held : Buffer.alloc(0));
  return { cut, rest };
};

/** Each mark is looked for only before those that were found: name first what mostly comes first. */
const firstOf = (bytes: Buffer, marks: readonly Buffer[], from: number): number | undefined => {
  let first: number | undefined;
  for (const mark of marks) {
    const where = first === undefined ? bytes : bytes.subarray(0, first);
    const at = where.indexOf(mark, from);
    if (at !== -1) first = at;
  }
  return first;
};

interface Found {
  readonly part: Part;
  readonly at: number;
}

/**
 * Where the next part begins. They mostly follow each other in turn, so the one behind the last is looked for first,
 * and the others only before it; nothing is looked at twice for the same mark.
 */
const finder = (bytes: Buffer, parts: readonly Part[]) => {
  const marks = parts.map((part) => ({ part, at: -1, searchedTo: 0 }));
  let turn = 0;
  return (from: number): { readonly part: Part; readonly at: number } | undefined => {
    let first: Found | undefined;
    for (const mark of [...marks.slice(turn), ...marks.slice(0, turn)]) {
      if (mark.at < from) search(bytes, mark, from, first?.at ?? bytes.length);
      if (mark.at >= from && mark.at < (first?.at ?? bytes.length)) first = mark;
    }
    if (first === undefined) return undefined;
    turn = (parts.indexOf(first.part) + 1) % parts.length;
    return { part: first.part, at: first.at + first.part.kept };
  };
};

/** Looks for it in what begins before `end`. */
const search = (
  bytes: Buffer,
  mark: { readonly part: Part; at: number; searchedTo: number },
  from: number,
  end: number,
): void => {
  const start = Math.max(from, mark.searchedTo);
  if (start >= end) return;
  const { length } = mark.part.mark;
  mark.at = bytes.subarray(0, Math.min(bytes.length, end + length - 1)).indexOf(mark.part.mark, start);
  mark.searchedTo = mark.at === -1 ? end : mark.at + 1;
};
