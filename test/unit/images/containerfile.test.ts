// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Containerfiles look like that.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseContainerfile } from '../../../src/images/containerfile.ts';
import { pinParents } from '../../../src/images/pin-parents.ts';
import { problemAt } from '../../../src/images/problem-at.ts';

const lines = (...text: string[]) => `${text.join('\n')}\n`;
const digest = `sha256:${'1'.repeat(64)}`;
const pinned = (name: string) => `localhost:5000/candidates/${name}@${digest}`;
const pins = (...names: string[]) => new Map(names.map((name) => [name, pinned(name)]));

describe('parseContainerfile', () => {
  test('the final stage is on the layer edge, other stages and copies are build-only', () => {
    const parsed = parseContainerfile(
      lines(
        'FROM builder-image AS build',
        'RUN make',
        'FROM runtime',
        'COPY --from=build /out /out',
        'COPY --chown=0:0 --from=registry.example.com/tools/extra:2 /x /x',
        'RUN --mount=type=bind,from=helper,target=/h /h/run',
      ),
    );
    expect(parsed).toMatchObject({
      problems: [],
      layerParent: 'runtime',
      buildOnly: ['builder-image', 'registry.example.com/tools/extra:2', 'helper'],
    });
  });

  test('a stage that goes on from another has its parent and labels', () => {
    const parsed = parseContainerfile(
      lines(
        'FROM base AS first',
        'LABEL version=1 a=b',
        'FROM other AS second',
        'LABEL a=z',
        'FROM FIRST',
        'LABEL version=2',
      ),
    );
    expect(parsed.layerParent).toBe('base');
    expect(parsed.buildOnly).toEqual(['other']);
    expect(Object.fromEntries(parsed.labels)).toEqual({ version: '2', a: 'b' });
  });

  test('scratch is no parent', () => {
    expect(parseContainerfile('FROM scratch\nCOPY a /\n')).toMatchObject({
      layerParent: undefined,
      buildOnly: [],
      references: [],
    });
  });

  test('a stage hides an image of its name only after it', () => {
    const parsed = parseContainerfile(lines('FROM base AS base', 'FROM base AS two', 'COPY --from=0 /a /a'));
    expect(parsed).toMatchObject({ layerParent: 'base', buildOnly: [], problems: [] });
    expect(parsed.references).toHaveLength(1);
  });

  test.each([
    ['${BASE}', 'runtime'],
    ['$BASE', 'runtime'],
    ['"$BASE"', 'runtime'],
    ['${NONE:-fallback}', 'fallback'],
    ['${BASE:+other}', 'other'],
    ['${EMPTY:-fallback}', 'fallback'],
    ['$REGISTRY/tools/$BASE:1', 'registry.example.com/tools/runtime:1'],
  ])('FROM %s is %s', (written, from) => {
    const file = lines(
      'ARG BASE=runtime REGISTRY="registry.example.com"',
      'ARG EMPTY=',
      `FROM --platform=$TARGETPLATFORM ${written}`,
    );
    expect(parseContainerfile(file)).toMatchObject({ layerParent: from, problems: [] });
  });

  test('an image that only a build argument could name is refused, naming the argument', () => {
    expect(parseContainerfile('ARG BASE\nFROM ${BASE}\n').problems).toEqual([
      {
        line: 2,
        keyword: 'FROM',
        what: 'the image ${BASE} has no default for BASE; parents must be known before the build',
      },
    ]);
  });

  test('continuations, comments in between and CRLF are read as the builders read them', () => {
    const file =
      'FROM \\\r\n# not this\r\n\r\n  runtime \\\r\n  AS final\r\nLABEL a="1 2" \\\r\n  # nor this\r\n  b=3\r\n';
    const parsed = parseContainerfile(file);
    expect(parsed).toMatchObject({ layerParent: 'runtime', problems: [] });
    expect(Object.fromEntries(parsed.labels)).toEqual({ a: '1 2', b: '3' });
    expect(pinParents(file, pins('runtime'))).toContain(`  ${pinned('runtime')} \\\r\n  AS final\r\n`);
  });

  test('the escape directive changes what continues a line', () => {
    expect(parseContainerfile('# escape=`\nFROM `\nruntime\n')).toMatchObject({ layerParent: 'runtime' });
  });

  test('lines of a here-document are not instructions, and are told', () => {
    const parsed = parseContainerfile(
      lines(
        'FROM runtime',
        'RUN <<EOF',
        'FROM evil',
        'EOF',
        "COPY <<-'A' <<B /x/",
        'FROM worse',
        '\tA',
        'FROM bad',
        'B',
        'LABEL a=b',
      ),
    );
    expect(parsed).toMatchObject({ layerParent: 'runtime', hasHeredoc: true, problems: [] });
    expect(parsed.references).toHaveLength(1);
    expect(parsed.labels.get('a')).toBe('b');
  });

  test('what only looks like a here-document hides nothing', () => {
    const parsed = parseContainerfile(
      lines('FROM a AS one', 'RUN cat <<<word; echo $((1<<2)) "<<EOF"', 'FROM b'),
    );
    expect(parsed).toMatchObject({ layerParent: 'b', buildOnly: ['a'], hasHeredoc: false });
  });

  test('labels take variables, quotes and the old form', () => {
    const file = lines(
      'ARG V=1',
      'FROM runtime',
      'ARG V',
      'ENV NAME=app',
      'LABEL version="$V.0" com.redhat.component=${NAME}-container',
      "LABEL summary one 'and' two",
      "LABEL raw='$V'",
    );
    expect(Object.fromEntries(parseContainerfile(file).labels)).toEqual({
      version: '1.0',
      'com.redhat.component': 'app-container',
      summary: 'one and two',
      raw: '$V',
    });
  });

  test.each([
    ['', 'Containerfile: FROM: there is none'],
    ['RUN true\n', 'Containerfile: FROM: there is none'],
    ['FROM\n', 'Containerfile:1: FROM: must be "FROM image" or "FROM image AS name"'],
    ['FROM a b c\n', 'Containerfile:1: FROM: must be'],
    ['FROM a\nCOPY --from=3 / /\n', 'Containerfile:2: COPY: no earlier stage 3'],
  ])('%j is refused: %s', (file, problem) => {
    const [first] = parseContainerfile(file).problems;
    expect(
      problemAt({ file: 'Containerfile', line: first?.line, key: first?.keyword }, first?.what ?? ''),
    ).toContain(problem);
  });
});

describe('pinParents', () => {
  test('names every parent by digest and changes nothing else', () => {
    const file = lines(
      'ARG BASE=runtime',
      'FROM --platform=linux/arm64 tool AS build',
      'FROM ${BASE} # AS is',
      'RUN --mount=type=bind,from=helper,target=/h x',
    );
    expect(() => pinParents(file, pins('tool', 'runtime', 'helper'))).toThrow(
      'Containerfile:3: FROM: must be',
    );
    const good = file.replace(' # AS is', '');
    expect(pinParents(good, pins('tool', 'runtime', 'helper'))).toBe(
      lines(
        'ARG BASE=runtime',
        `FROM --platform=linux/arm64 ${pinned('tool')} AS build`,
        `FROM ${pinned('runtime')}`,
        `RUN --mount=type=bind,from=${pinned('helper')},target=/h x`,
      ),
    );
  });

  test('refuses a parent without a digest, naming it', () => {
    expect(() => pinParents('FROM runtime\n', new Map())).toThrow('line 1: no digest is known for "runtime"');
  });

  test('refuses a pullspec that would be more than one', () => {
    expect(() => pinParents('FROM a\n', new Map([['a', 'x\nRUN evil']]))).toThrow('is no pullspec');
    expect(() => pinParents('FROM a\n', new Map([['a', '--flag']]))).toThrow('is no pullspec');
  });
});

describe('for any text', () => {
  const words = fc.constantFrom(
    'FROM',
    'from',
    'base',
    'scratch',
    ' ',
    '\n',
    '\\\n',
    '\\',
    '#',
    'AS',
    'x',
    'COPY --from=',
    'RUN <<E',
    'E',
    '\n',
    '"',
    "'",
    '${A',
    '${A:-b}',
    '$A',
    'ARG A=b',
    'LABEL a=b',
    '\r\n',
    '--mount=from=',
  );
  const files = fc.array(words, { maxLength: 30 }).map((list) => list.join(''));

  test('parsing ends and gives references that stand where they say', () => {
    fc.assert(
      fc.property(fc.oneof(files, fc.string()), (file) => {
        const { references } = parseContainerfile(file);
        let last = 0;
        for (const { start, end } of references) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('a pinned file names pinned parents only', () => {
    fc.assert(
      fc.property(files, (file) => {
        const parsed = parseContainerfile(file);
        if (parsed.problems.length > 0) return;
        const all = new Map(parsed.references.map(({ from }) => [from, pinned('p')]));
        const again = parseContainerfile(pinParents(file, all));
        expect(again.references.map(({ from }) => from)).toEqual(parsed.references.map(() => pinned('p')));
      }),
      { numRuns: 1000 },
    );
  });
});
