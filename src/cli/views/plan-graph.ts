/** A plan as a graph, for Graphviz and Mermaid: images as nodes, with their arches; edges to what is rebuilt upon them. */
import type { Explained } from '../../planning/explained.ts';
import { printable } from '../text-table.ts';

type Builds = Explained['builds'];

interface Edge {
  readonly from: string;
  readonly to: string;
  /** Arches on which one waits for the other. */
  readonly arches: readonly string[];
}

/** For Graphviz: `flibs what-if ... --format dot | dot -Tsvg`. */
export const dotGraph = (builds: Builds): string => {
  const text = (...lines: readonly string[]) =>
    `"${lines.map((line) => printable(line).replaceAll('\\', '\\\\').replaceAll('"', '\\"')).join('\\n')}"`;
  const nodes = builds.map(
    ({ image, arches }) => `  ${text(image)} [label=${text(image, archesOf(arches))}];\n`,
  );
  const edges = edgesOf(builds).map(
    ({ from, to, arches }) => `  ${text(from)} -> ${text(to)} [label=${text(arches.join(', '))}];\n`,
  );
  return `digraph plan {\n  node [shape=box];\n${[...nodes, ...edges].join('')}}\n`;
};

/** For Mermaid, as forges show it in Markdown. Nodes are numbered: names may hold what has a meaning there. */
export const mermaidGraph = (builds: Builds): string => {
  const text = (line: string) =>
    printable(line).replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  const numbers = new Map(builds.map(({ image }, index) => [image, `n${index}`]));
  const nodes = builds.map(
    ({ image, arches }) => `  ${numbers.get(image)}["${text(image)}<br/>${text(archesOf(arches))}"]\n`,
  );
  const edges = edgesOf(builds).map(
    ({ from, to, arches }) => `  ${numbers.get(from)} -->|"${text(arches.join(', '))}"| ${numbers.get(to)}\n`,
  );
  return `flowchart TD\n${[...nodes, ...edges].join('')}`;
};

const archesOf = (arches: Builds[number]['arches']): string => arches.map(({ arch }) => arch).join(', ');

const edgesOf = (builds: Builds): readonly Edge[] =>
  builds.flatMap(({ image, arches }) => {
    const parents = [...new Set(arches.flatMap(({ after }) => after))];
    return parents.map((from) => ({
      from,
      to: image,
      arches: arches.filter(({ after }) => after.includes(from)).map(({ arch }) => arch),
    }));
  });
