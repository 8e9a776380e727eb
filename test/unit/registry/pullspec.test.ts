import { describe, expect, test } from '@jest/globals';
import { formatPullspec, parsePullspec, parseRepository } from '../../../schemas/pullspec.ts';

const digest = `sha256:${'a'.repeat(64)}`;

describe('a pullspec', () => {
  test.each([
    ['registry.example.com/ns/app', 'registry.example.com', 'ns/app'],
    ['localhost:5000/app', 'localhost:5000', 'app'],
    ['127.0.0.1:5000/candidate/my_app__x--y', '127.0.0.1:5000', 'candidate/my_app__x--y'],
    ['[::1]:5000/app', '[::1]:5000', 'app'],
    ['registry:5000/app:tag', 'registry:5000', 'app'],
  ])('%s@sha256:... is registry, repository and digest', (name, registry, repository) => {
    const parsed = parsePullspec(`${name}@${digest}`);
    expect(parsed).toEqual({ registry, repository, digest });
    expect(parsed && parsePullspec(formatPullspec(parsed))).toEqual(parsed);
  });

  test.each([
    'app',
    `app@${digest}`,
    'registry.example.com/app:latest',
    `registry.example.com/../app@${digest}`,
    `registry.example.com/App@${digest}`,
    `--flag/app@${digest}`,
    `registry.example.com/app@${digest}\n`,
    'registry.example.com/app@sha256:abc',
    `registry.example.com/app@${digest}@${digest}`,
    '',
  ])('%j is none', (text) => {
    expect(parsePullspec(text)).toBeUndefined();
  });

  test('a repository is taken apart the same way', () => {
    expect(parseRepository('localhost:5000/a/b')).toEqual({ registry: 'localhost:5000', repository: 'a/b' });
    expect(parseRepository('a b')).toBeUndefined();
  });
});
