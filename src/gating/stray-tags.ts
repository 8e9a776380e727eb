/** Tags where the language has none: what is meant by them is not known, so nothing is made of them. */
import { isCollection, isMap, isPair, isScalar } from 'yaml';
import { problemAt } from '../images/problem-at.ts';
import type { YamlDocument, YamlPath } from '../images/yaml-text.ts';

const plain: readonly string[] = ['str', 'map', 'seq'].map((kind) => `tag:yaml.org,2002:${kind}`);

/** The document itself and each of its rules have their own. */
const mayHaveTag = (path: YamlPath): boolean =>
  path.length === 0 || (path.length === 2 && path[0] === 'rules');

export const strayTags = (document: YamlDocument): readonly string[] => {
  const problems: string[] = [];
  const look = (node: unknown, path: YamlPath): void => {
    if (!isCollection(node) && !isScalar(node)) return;
    if (node.tag !== undefined && !plain.includes(node.tag) && !mayHaveTag(path))
      problems.push(problemAt(document.place(path), `the tag ${node.tag} is not supported here`));
    if (!isCollection(node)) return;
    for (const [index, item] of node.items.entries()) {
      if (isMap(node) && isPair(item))
        look(item.value, [...path, isScalar(item.key) ? String(item.key.value) : index]);
      else look(item, [...path, index]);
    }
  };
  look(document.contents, []);
  return problems;
};
