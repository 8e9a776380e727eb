import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Builder } from '../../src/building/builder.ts';
import { demoArches } from '../../src/cli/demo/packages.ts';
import { aWorkbench, packagesRecipe, type Workbench } from './workbench.ts';

describe('the same inputs give the same content id and manifest digest', () => {
  let bench: Workbench;
  let first: Builder;
  let second: Builder;

  beforeAll(async () => {
    bench = await aWorkbench(demoArches);
    [first, second] = [await bench.openBuilder(), await bench.openBuilder({ isolation: 'chroot' })];
  });
  afterAll(() => bench.close());

  /** A base, a Containerfile on it, a package list on that: what each turned out to be. */
  const stack = async (builder: Builder, arch: (typeof demoArches)[number]) => {
    const base = await bench.base(builder, arch);
    const runtime = await bench.build(
      builder,
      bench.order('runtime', arch, { parents: bench.parent('base', base.manifestDigest) }),
    );
    const mailer = await bench.build(
      builder,
      bench.order('mailer', arch, {
        ...packagesRecipe('mailer'),
        parents: bench.parent('runtime', runtime.manifestDigest),
      }),
    );
    return [base, runtime, mailer].map(({ built, manifestDigest }) => ({
      id: built.contentId,
      manifestDigest,
    }));
  };

  test.each(demoArches)('on %s, in two state directories and under two kinds of isolation', async (arch) => {
    const images = await stack(first, arch);
    expect(await stack(second, arch)).toEqual(images);
    expect(new Set(images.map(({ id }) => id)).size).toBe(images.length);
  });
});
