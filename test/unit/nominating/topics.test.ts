import { expect, test } from '@jest/globals';
import { matchesAny } from '../../../src/nominating/topics.ts';

test.each([
  ['#.buildsys.tag', 'org.fedoraproject.prod.buildsys.tag', true],
  ['#.buildsys.tag', 'buildsys.tag', true],
  ['#.buildsys.tag', 'xbuildsys.tag', false],
  ['*.*.*.buildsys.tag', 'org.fedoraproject.prod.buildsys.tag', true],
  ['*.*.*.buildsys.tag', 'org.centos.prod.cbs.buildsys.tag', false],
  ['#.ci.#.test.*', 'VirtualTopic.eng.ci.team.x.test.complete', true],
  ['#.ci.#.test.*', 'org.centos.prod.ci.test.complete', true],
  ['#.ci.#.test.*', 'org.centos.prod.ci.test.complete.again', false],
  ['#', '', true],
  ['*', 'a.b', false],
  ['a.b', 'a-b', false],
] as const)('%s matches %j: %s, as a topic exchange has it', (pattern, topic, expected) => {
  expect(matchesAny([pattern])(topic)).toBe(expected);
});
