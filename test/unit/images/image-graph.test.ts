import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ImageDefinition } from '../../../schemas/files/image.ts';
import { ImageName } from '../../../schemas/ids.ts';
import { imageGraph } from '../../../src/images/image-graph.ts';

const anImage = (name: string, layer?: string, ...buildOnly: string[]): ImageDefinition =>
  ImageDefinition.parse({
    name,
    component: name,
    version: '1',
    distroRelease: 'F40',
    parents: [
      ...(layer === undefined ? [] : [{ kind: 'image', image: layer, edge: 'layer' }]),
      ...buildOnly.map((image) => ({ kind: 'image', image, edge: 'build-only' })),
    ],
    recipe: { kind: 'packages', packages: ['bash'] },
    arches: ['x86_64'],
    owners: [],
    autoRebuild: true,
    labels: {},
    gating: [],
    treeId: 'a'.repeat(40),
    sourceTime: 1,
  });

const graphOf = (...definitions: ImageDefinition[]) => {
  const result = imageGraph(definitions);
  if ('problems' in result) throw new Error(result.problems.join('\n'));
  return result.graph;
};
const problemsOf = (...definitions: ImageDefinition[]) => {
  const result = imageGraph(definitions);
  return 'problems' in result ? result.problems : [];
};
const named = (name: string) => ImageName.parse(name);

describe('imageGraph', () => {
  test('knows parents, children and descendants over layer edges', () => {
    const graph = graphOf(
      anImage('web', 'runtime'),
      anImage('runtime', 'base', 'tool'),
      anImage('base'),
      anImage('tool', 'base'),
      anImage('api', 'runtime'),
    );
    expect(graph.parents(named('runtime'))).toEqual(['base']);
    expect(graph.children(named('base'))).toEqual(['runtime', 'tool']);
    expect(graph.children(named('tool'))).toEqual([]);
    expect(graph.descendants(named('base'))).toEqual(['runtime', 'tool', 'api', 'web']);
    expect(graph.descendants(named('web'))).toEqual([]);
  });

  test('orders each image after all it is built from', () => {
    const graph = graphOf(anImage('a', 'z'), anImage('z', undefined, 'm'), anImage('m'));
    expect(graph.order).toEqual(['m', 'z', 'a']);
  });

  test('refuses a cycle and names it', () => {
    expect(problemsOf(anImage('a', 'b'), anImage('b', 'a'))).toEqual([
      'these images are built from each other: a -> b -> a',
    ]);
    expect(problemsOf(anImage('a', 'a'))).toEqual(['these images are built from each other: a -> a']);
  });

  test('refuses a cycle over build-only edges', () => {
    expect(problemsOf(anImage('a', 'b'), anImage('b', undefined, 'c'), anImage('c', 'a'))).toEqual([
      'these images are built from each other: a -> b -> c -> a',
    ]);
  });

  test('names a parent that is not defined', () => {
    expect(problemsOf(anImage('app', 'base'))[0]).toContain('app is built from base, which is not defined');
  });

  test('refuses a name or a component that is used twice', () => {
    expect(problemsOf(anImage('a'), anImage('a'))).toEqual(['a is defined twice']);
    expect(problemsOf(anImage('a'), { ...anImage('b'), component: 'a' })).toEqual([
      'a and b both make NVRs of component a',
    ]);
  });

  test('of a chain of five thousand is no trouble', () => {
    const chain = Array.from({ length: 5000 }, (_, at) =>
      anImage(`i${at}`, at === 0 ? undefined : `i${at - 1}`),
    );
    const graph = graphOf(...chain);
    expect(graph.order.at(-1)).toBe('i4999');
    expect(graph.descendants(named('i0'))).toHaveLength(4999);
  });
});

describe('for any forest', () => {
  const forest = fc
    .array(fc.record({ parent: fc.nat(12), tool: fc.nat(12) }), { maxLength: 12 })
    .map((list) =>
      list.map(({ parent, tool }, at) =>
        anImage(`i${at}`, parent < at ? `i${parent}` : undefined, ...(tool < at ? [`i${tool}`] : [])),
      ),
    );

  test('the order is topological, and the same however it is given', () => {
    fc.assert(
      fc.property(forest, (images) => {
        const graph = graphOf(...images);
        expect(graphOf(...images.toReversed()).order).toEqual(graph.order);
        expect([...graph.order].sort()).toEqual(images.map(({ name }) => name).sort());
        for (const image of images) {
          for (const parent of image.parents) {
            if (parent.kind === 'image')
              expect(graph.order.indexOf(parent.image)).toBeLessThan(graph.order.indexOf(image.name));
          }
        }
      }),
    );
  });

  test('descendants are those that reach the image by their parents', () => {
    fc.assert(
      fc.property(forest, (images) => {
        const graph = graphOf(...images);
        for (const { name } of images) {
          const above = images.filter((image) => {
            for (let at = graph.parents(image.name)[0]; at !== undefined; at = graph.parents(at)[0])
              if (at === name) return true;
            return false;
          });
          expect([...graph.descendants(name)].sort()).toEqual(above.map((image) => image.name).sort());
        }
      }),
    );
  });
});
