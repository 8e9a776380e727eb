/** Cuts out of metadata, as it streams by, parts that nobody reads: most of it is such, and parsing is dear. */

export interface UnreadPart {
  /** What comes right before it; is kept. */
  readonly after: string;
  /** What comes right behind it, whichever is first; is kept. */
  readonly until: readonly string[];
}

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
  readonly after: Buffer;
  readonly until: readonly Buffer[];
}

const newCutter = (given: readonly UnreadPart[]) => {
  const parts: readonly Part[] = given.map(({ after, until }) => ({
    after: Buffer.from(after),
    until: until.map((mark) => Buffer.from(mark)),
  }));
  const longest = Math.max(
    ...parts.flatMap(({ after, until }) => [after, ...until]).map(({ length }) => length),
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

const firstOf = (bytes: Buffer, marks: readonly Buffer[], from: number): number | undefined => {
  const found = marks.map((mark) => bytes.indexOf(mark, from)).filter((at) => at !== -1);
  return found.length === 0 ? undefined : Math.min(...found);
};

/** Where the next part begins. Looks for each mark once, however often others come before it. */
const finder = (bytes: Buffer, parts: readonly Part[]) => {
  const places = parts.map(({ after }) => bytes.indexOf(after));
  return (from: number): { readonly part: Part; readonly at: number } | undefined => {
    let first: { readonly part: Part; readonly at: number } | undefined;
    for (const [index, part] of parts.entries()) {
      let at = places[index] ?? -1;
      if (at !== -1 && at < from) at = bytes.indexOf(part.after, from);
      places[index] = at;
      const behind = at + part.after.length;
      if (at !== -1 && (first === undefined || behind < first.at)) first = { part, at: behind };
    }
    return first;
  };
};
