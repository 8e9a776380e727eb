/** What a bench hands back: figures, each with the goal that it is measured against where there is one. */

export interface Figure {
  readonly what: string;
  readonly value: string;
  readonly goal?: string;
  readonly met?: boolean;
}

export interface Bench {
  readonly name: string;
  /** @returns its figures. `say` tells how far it is. */
  run(say: (text: string) => void): Promise<readonly Figure[]>;
}

const columns = ['bench', 'what', 'measured', 'goal', ''] as const;

/** One table of all of them. */
export const tableOf = (results: ReadonlyMap<string, readonly Figure[]>): string => {
  const rows = [...results].flatMap(([bench, figures]) =>
    figures.map(({ what, value, goal = '', met }) => [
      bench,
      what,
      value,
      goal,
      met === undefined ? '' : met ? 'met' : 'MISSED',
    ]),
  );
  const widths = columns.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(columns), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
};

export const ms = (value: number): string =>
  value >= 9999 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(0)} ms`;
export const times = (value: number): string => `${value.toFixed(2)} x`;
