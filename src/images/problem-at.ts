/** What is wrong in a definition, said with where it stands. */

export interface Place {
  /** Path in the image's folder. */
  readonly file: string;
  /** 1-based; absent where the file says nothing at all. */
  readonly line?: number | undefined;
  /** Dotted, as in YAML: `flibs.parent`; in a Containerfile the instruction: `FROM`. */
  readonly key?: string | undefined;
}

/** `container.yaml:3: flibs.parent: what` */
export const problemAt = ({ file, line, key }: Place, what: string): string =>
  [line === undefined ? file : `${file}:${line}`, ...(key ? [key] : []), what].join(': ');
