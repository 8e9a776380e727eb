/** What a Containerfile builds on, and the labels it sets: enough to plan with and to pin every parent. */
import { type Instruction, readInstructions } from './containerfile-instructions.ts';
import { expand, readPairs, splitWords, type Variables, type Word } from './containerfile-words.ts';

/** An image that the file names, `scratch` and its own stages apart. */
export interface ImageReference {
  /** Variables put in: what pins are keyed by. */
  readonly from: string;
  /** Where it stands in the file: offsets of its first character and of the one after its last. */
  readonly start: number;
  readonly end: number;
  readonly line: number;
  /** `FROM`, `COPY` or `RUN`. */
  readonly keyword: string;
}

/** What cannot be read, and in which instruction. */
export interface ContainerfileProblem {
  /** 1-based; absent of what the file as a whole lacks. */
  readonly line?: number;
  /** `FROM` */
  readonly keyword: string;
  readonly what: string;
}

export interface Stage {
  readonly name: string | undefined;
  /** The image, `scratch`, or absent where the stage goes on from an earlier one. */
  readonly from: string | undefined;
  /** Index of the stage it goes on from. */
  readonly fromStage: number | undefined;
  readonly labels: ReadonlyMap<string, string>;
}

export interface ParsedContainerfile {
  readonly stages: readonly Stage[];
  /** Every image named in FROM, `COPY --from=` and `RUN --mount=...from=`, in the order of the file. */
  readonly references: readonly ImageReference[];
  /** What the final stage is built on; absent: from scratch. */
  readonly layerParent: string | undefined;
  /** Images that other stages and copies take from; the layer parent is not repeated. */
  readonly buildOnly: readonly string[];
  /** The final stage's, and of the stages it goes on from. */
  readonly labels: ReadonlyMap<string, string>;
  /** The line of the instruction that sets each of them. */
  readonly labelLines: ReadonlyMap<string, number>;
  /** Older builders read the lines of a here-document as instructions. */
  readonly hasHeredoc: boolean;
  readonly problems: readonly ContainerfileProblem[];
}

interface Reading {
  readonly escapeWith: string;
  readonly stages: {
    name: string | undefined;
    from: string | undefined;
    fromStage: number | undefined;
    labels: Map<string, string>;
    labelLines: Map<string, number>;
  }[];
  readonly references: ImageReference[];
  readonly problems: ContainerfileProblem[];
  /** ARGs before the first FROM, then the present stage's own variables. */
  readonly globals: Map<string, string>;
  locals: Map<string, string>;
}

export const parseContainerfile = (file: string): ParsedContainerfile => {
  const { instructions, escapeWith } = readInstructions(file);
  const reading: Reading = {
    escapeWith,
    stages: [],
    references: [],
    problems: [],
    globals: new Map(),
    locals: new Map(),
  };
  for (const instruction of instructions) readers[instruction.keyword]?.(instruction, reading);
  if (reading.stages.length === 0) reading.problems.push({ keyword: 'FROM', what: 'there is none' });
  return summary(
    reading,
    instructions.some((instruction) => instruction.hasHeredoc),
  );
};

const readers: Readonly<Record<string, (instruction: Instruction, reading: Reading) => void>> = {
  ARG: (instruction, reading) => {
    const { globals, locals } = reading;
    for (const { key, value } of pairsOf(instruction, reading)) {
      const known = value ?? globals.get(key);
      if (known !== undefined) (reading.stages.length === 0 ? globals : locals).set(key, known);
    }
  },
  ENV: (instruction, reading) => {
    for (const { key, value } of pairsOf(instruction, reading)) reading.locals.set(key, value ?? '');
  },
  LABEL: (instruction, reading) => {
    const stage = reading.stages.at(-1);
    for (const { key, value } of pairsOf(instruction, reading)) {
      stage?.labels.set(key, value ?? '');
      stage?.labelLines.set(key, instruction.line);
    }
  },
  FROM: (instruction, reading) => readFrom(instruction, reading),
  COPY: (instruction, reading) => {
    for (const word of flagsOf(instruction, reading)) {
      if (/^--from=/i.test(word.raw)) readSource(instruction, word, '--from='.length, reading);
    }
  },
  RUN: (instruction, reading) => {
    for (const word of flagsOf(instruction, reading)) {
      const from = /^--mount=(?:[^,]*,)*?from=/i.exec(word.raw);
      if (from) readSource(instruction, word, from[0].length, reading);
    }
  },
};

const variablesOf = (reading: Reading): Variables =>
  reading.stages.length === 0 ? reading.globals : reading.locals;

const pairsOf = (instruction: Instruction, reading: Reading) =>
  readPairs(instruction.text, variablesOf(reading), reading.escapeWith);

const flagsOf = (instruction: Instruction, reading: Reading): readonly Word[] => {
  const words = splitWords(instruction.text, reading.escapeWith);
  const firstOther = words.findIndex((word) => !word.raw.startsWith('--'));
  return firstOther < 0 ? words : words.slice(0, firstOther);
};

/** `FROM [--platform=...] image [AS name]` */
const readFrom = (instruction: Instruction, reading: Reading): void => {
  const words = splitWords(instruction.text, reading.escapeWith).filter((word) => !word.raw.startsWith('--'));
  const [image, as, name] = words;
  const wellFormed = words.length === 1 || (words.length === 3 && as?.raw.toUpperCase() === 'AS');
  if (!image || !wellFormed) {
    tell(instruction, 'must be "FROM image" or "FROM image AS name"', reading);
    return;
  }
  const from = expanded(instruction, image.raw, reading.globals, reading);
  reading.locals = new Map();
  const stage = {
    name: name?.raw.toLowerCase(),
    from: undefined,
    fromStage: undefined,
    labels: new Map<string, string>(),
    labelLines: new Map<string, number>(),
  };
  if (from === undefined) return void reading.stages.push(stage);
  const fromStage = stageNamed(from, reading);
  if (fromStage !== undefined) return void reading.stages.push({ ...stage, fromStage });
  reading.stages.push({ ...stage, from });
  if (from !== 'scratch') refer(instruction, from, image.start, image.end, reading);
};

/** What `COPY --from=` and `RUN --mount=...from=` take files from: an earlier stage by name or number, or an image. */
const readSource = (instruction: Instruction, word: Word, prefix: number, reading: Reading): void => {
  const value = word.raw.slice(prefix).split(',')[0] ?? '';
  const from = expanded(instruction, value, variablesOf(reading), reading);
  if (from === undefined || from === 'scratch' || stageNamed(from, reading) !== undefined) return;
  if (/^\d+$/.test(from)) {
    if (Number(from) >= reading.stages.length - 1) tell(instruction, `no earlier stage ${from}`, reading);
    return;
  }
  const start = word.start + prefix;
  refer(instruction, from, start, start + value.length, reading);
};

const refer = (
  instruction: Instruction,
  from: string,
  start: number,
  end: number,
  reading: Reading,
): void => {
  const [first, last] = [instruction.at[start], instruction.at[end - 1]];
  if (first !== undefined && last !== undefined) {
    reading.references.push({
      from,
      start: first,
      end: last + 1,
      line: instruction.line,
      keyword: instruction.keyword,
    });
  }
};

const stageNamed = (name: string, reading: Reading): number | undefined => {
  const index = reading.stages.findLastIndex((stage) => stage.name === name.toLowerCase());
  return index < 0 ? undefined : index;
};

const expanded = (
  instruction: Instruction,
  raw: string,
  variables: Variables,
  reading: Reading,
): string | undefined => {
  const { value, missing } = expand(raw, variables, reading.escapeWith);
  if (value !== '' && missing.length === 0) return value;
  const why = missing.length > 0 ? `has no default for ${missing.join(', ')}` : 'is empty';
  tell(instruction, `the image ${raw} ${why}; parents must be known before the build`, reading);
  return undefined;
};

const tell = ({ line, keyword }: Instruction, what: string, reading: Reading): void =>
  void reading.problems.push({ line, keyword, what });

const summary = (reading: Reading, hasHeredoc: boolean): ParsedContainerfile => {
  const { stages, references, problems } = reading;
  const chain: Reading['stages'] = [];
  let stage = stages.at(-1);
  for (; stage; stage = stage.fromStage === undefined ? undefined : stages[stage.fromStage])
    chain.unshift(stage);
  const base = chain[0]?.from;
  const layerParent = base === 'scratch' ? undefined : base;
  const buildOnly = new Set(references.map((reference) => reference.from));
  if (layerParent !== undefined) buildOnly.delete(layerParent);
  const labels = new Map(chain.flatMap((stage) => [...stage.labels]));
  const labelLines = new Map(chain.flatMap((stage) => [...stage.labelLines]));
  return {
    stages,
    references,
    layerParent,
    buildOnly: [...buildOnly],
    labels,
    labelLines,
    hasHeredoc,
    problems,
  };
};
