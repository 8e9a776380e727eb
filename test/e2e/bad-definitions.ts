/** Definitions and packages that are wrong: told clearly, and never at the cost of what was right. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { execa } from 'execa';
import { z } from 'zod';
import { ImageBrief } from '../../src/api/wire/image.ts';
import { waitUntil } from '../../src/host/wait-until.ts';
import { containerfileImage, packagesImage } from './definitions.ts';
import type { RunningSite } from './running-site.ts';

export const describeBadDefinitions = (running: () => RunningSite): void => {
  describe('a definition', () => {
    let site: RunningSite;
    beforeAll(() => {
      site = running();
    });

    test('whose Containerfile fails: the build fails with its output, siblings go on, a mended one is built', async () => {
      await site.define({
        broken: containerfileImage('FROM base', 'RUN echo this is wrong >&2 && exit 7'),
        sibling: packagesImage(['static-tool'], { parent: 'base' }),
      });
      const failed = await site.becomes('broken-1-1', 'failed');
      expect(failed.archBuilds).toMatchObject([{ state: 'failed', failureClass: 'source', attempts: 1 }]);
      expect(failed.archBuilds[0]?.error).toMatch(/this is wrong.*exit status 7/s);
      expect((await site.ask('logs', 'broken-1-1', '--arch', 'x86_64')).stdout).toContain('this is wrong');
      await site.becomes('sibling-1-1', 'released');
      await site.define({ broken: containerfileImage('FROM base', 'RUN true') });
      await site.becomes('broken-1-2', 'released');
      const late = await site.ask('retry', 'broken-1-1');
      expect(late).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('broken-1-2 is newer') });
      await forget(site, 'broken', 'sibling');
    });

    test('that wants a package which the arch does not have: named; with it, a person’s retry goes through', async () => {
      const mailer = await site.takeAway('mailer-0.9-7.fc40.x86_64.rpm');
      await site.define({ late: packagesImage(['mailer'], { parent: 'runtime' }) });
      const failed = await site.becomes('late-1-1', 'failed');
      expect(failed.archBuilds).toMatchObject([
        { failureClass: 'source', error: expect.stringContaining('mailer') },
      ]);
      await site.offer(mailer);
      const retried = await site.ask('retry', 'late-1-1', '--arch', 'x86_64');
      expect(retried).toMatchObject({ exitCode: 0, stdout: 'late-1-1 is tried again on x86_64\n' });
      await site.becomes('late-1-1', 'released');
      await forget(site, 'late');
    });

    test('that would take in an unsigned RPM fails and says so', async () => {
      const webd = await site.takeAway('webd-2.0-3.fc40.noarch.rpm');
      await execa('rpmsign', ['--delsign', '--', webd]);
      await site.offer(webd);
      await site.define({ unsigned: packagesImage(['webd'], { parent: 'runtime' }) });
      const failed = await site.becomes('unsigned-1-1', 'failed');
      expect(failed.archBuilds).toMatchObject([
        { failureClass: 'source', error: expect.stringMatching(/not signed|GPG check FAILED/) },
      ]);
      await forget(site, 'unsigned');
    });

    test.each([
      [
        'a parent that is not there',
        { orphan: containerfileImage('FROM nosuch') },
        /Containerfile:1: FROM: its parent nosuch is not defined/,
      ],
      [
        'each other',
        { chicken: containerfileImage('FROM egg'), egg: containerfileImage('FROM chicken') },
        /Containerfile:1: FROM: built from itself: chicken -> egg -> chicken/,
      ],
      ['a name that is a flag', { '--rm': containerfileImage('FROM base') }, /"--rm" cannot name an image/],
    ] as const)('with %s is named, and what was in force stays so', async (_, images, reason) => {
      await site.define(images);
      expect(await site.waits(reason)).toContain('definition');
      expect((await site.image('base')).problems).toEqual([]);
      await forget(site, ...Object.keys(images));
    });

    test('that breaks stays in force as it was, and the slip is shown', async () => {
      const before = await site.image('runtime');
      const files = containerfileImage('FROM base', 'RUN dnf install -y tinyscript');
      await site.define({ runtime: { ...files, 'container.yaml': 'flibs: {verson: "1.2"}\n' } });
      expect(await site.waits(/verson/)).toMatch(/^definition runtime/);
      const after = await site.image('runtime');
      expect(after.problems.join()).toContain('verson');
      expect({ ...after, problems: [] }).toEqual(before);
      expect((await site.ask('build', 'runtime')).exitCode).toBe(0);
      await site.becomes('runtime-1.2-2', 'unchanged');
      await site.defineExample('runtime');
      await untilNothingIsRefused(site);
    });

    test('whose test fails is rejected, what was built upon it is superseded, and neither is announced', async () => {
      await site.define({
        gated: packagesImage(['static-tool'], { parent: 'base', test: ['/bin/sh', '-c', 'exit 3'] }),
        upon: packagesImage(['tinyscript'], { parent: 'gated' }),
      });
      await site.becomes('gated-1-1', 'rejected');
      await site.becomes('upon-1-1', 'superseded');
      expect((await site.image('gated')).released).toBeNull();
      expect((await site.ask('why', 'gated-1-1')).stdout).toMatch(/gate:\s+unsatisfied: /);
    });

    test('and is released where a person waives the test, which says who and why', async () => {
      const testCase = 'flibs.smoke-test.functional';
      const shown = await site.ask('gate', 'show', 'gated-1-1');
      expect(shown.stdout).toMatch(/^ +failed +flibs\.smoke-test\.functional +x86_64/m);
      const waived = await site.ask('waive', 'gated-1-1', testCase, '--comment', 'a test of waivers');
      expect(waived).toMatchObject({ exitCode: 0, stderr: '' });
      await site.becomes('gated-1-1', 'released');
      expect((await site.ask('waivers', 'gated-1-1')).stdout).toMatch(/ yes .* local .* a test of waivers$/m);
      await forget(site, 'gated', 'upon');
    });
  });
};

/** Takes definitions away and waits until they are in force no more. */
const forget = async (site: RunningSite, ...images: readonly string[]): Promise<void> => {
  await site.undefine(...images);
  await untilNothingIsRefused(site);
  await waitUntil(
    async () => {
      const known = await site.get('images', z.array(ImageBrief));
      return known.some(({ name }) => images.includes(name)) ? undefined : true;
    },
    { seconds: 30, what: `${images.join(', ')} to be gone`, every: 100 },
  );
};

const untilNothingIsRefused = async (site: RunningSite): Promise<void> => {
  await waitUntil(
    async () =>
      (await site.status()).waiting.some(({ what }) => what.startsWith('definition ')) ? undefined : true,
    { seconds: 30, what: 'definitions without a problem' },
  );
};
