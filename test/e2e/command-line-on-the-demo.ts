/** The command line, asked about what the demo left behind: `flibs up` on its data directory, until Ctrl-C. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { z } from 'zod';
import { WhatIf } from '../../src/api/wire/action.ts';
import { DeadLetterBrief } from '../../src/api/wire/dead-letter.ts';
import { ImageBrief, ImageDetail } from '../../src/api/wire/image.ts';
import { RebuildBrief, RebuildDetail } from '../../src/api/wire/rebuild.ts';
import { Status } from '../../src/api/wire/status.ts';
import { Why } from '../../src/api/wire/why.ts';
import { waitUntil } from '../../src/host/wait-until.ts';
import { processesMentioning } from '../servers/processes.ts';
import { arches, type DemoRun, ofModule, rebuilt, servicesOf } from './demo-run.ts';
import { type Ended, flibs, killAll, type Living, startFlibs } from './program.ts';

const advisory = 'FEDORA-2026-0f11b5de40';

export const describeCommandLine = (run: () => DemoRun): void => {
  describe('the command line, while flibs is up on the demo’s data', () => {
    let up: Living;
    const here = (): readonly string[] => ['--data-directory', run().dataDirectory];
    const ask = (...words: readonly string[]): Promise<Ended> => flibs(...words, ...here());
    const json = async <Body extends z.ZodType>(
      body: Body,
      ...words: readonly string[]
    ): Promise<z.output<Body>> => {
      const { exitCode, stdout } = await ask(...words, '--json');
      expect(exitCode).toBe(0);
      return body.parse(JSON.parse(stdout));
    };
    const text = async (...words: readonly string[]): Promise<string> => {
      const { exitCode, stdout, stderr } = await ask(...words);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      return stdout;
    };
    const newest = (image: string): string =>
      run().summary.rebuilt.find((each) => each.image === image)?.nvr ?? '';

    beforeAll(async () => {
      up = await startFlibs(['up', '--config', join(run().dataDirectory, 'flibs.yaml')]);
      await up.line('flibs is up');
    });
    afterAll(killAll);

    test('images lists each with what is released of it', async () => {
      const images = await json(z.array(ImageBrief), 'images');
      expect(images.map(({ name }) => name)).toEqual([...rebuilt, ...ofModule, 'standalone'].sort());
      for (const image of images.filter(({ name }) => rebuilt.includes(name))) {
        expect(image.released).toMatchObject({
          nvr: newest(image.name),
          indexDigest: run().summary.rebuilt.find((each) => each.image === image.name)?.after,
        });
      }
      expect(await text('images')).toMatch(/^webd\s+F40\s.*webd-2\.0-2\s.*released/m);
    });

    test('images show names the pullspec that everybody can pull, which is the one that latest points to', async () => {
      const { releaseRegistry } = await servicesOf(run().dataDirectory);
      const detail = await json(ImageDetail, 'images', 'show', 'webd');
      expect(detail.released?.pullspec).toBe(`${releaseRegistry}/webd@${detail.released?.indexDigest}`);
      expect(detail.perArch.map(({ arch }) => arch).sort()).toEqual(arches);
      expect(detail.perArch.every(({ added }) => added.some((rpm) => rpm.startsWith('webd-2.0-')))).toBe(
        true,
      );
      const [host, ...path] = releaseRegistry.split('/');
      const latest = await fetch(`http://${host}/v2/${path.join('/')}/webd/manifests/latest`, {
        headers: { accept: 'application/vnd.oci.image.index.v1+json' },
      });
      expect(latest.headers.get('docker-content-digest')).toBe(detail.released?.indexDigest);
      expect(await text('images', 'show', 'webd')).toContain(`pull it as:     ${detail.released?.pullspec}`);
    });

    test('images show says why the image beside them was left alone or what it holds', async () => {
      expect(await text('images', 'show', 'standalone')).toMatch(/adds:\s+busybox-.*static-tool-/);
    });

    test('rebuilds lists all, the newest first', async () => {
      const rebuilds = await json(z.array(RebuildBrief), 'rebuilds');
      expect(rebuilds.map(({ state }) => state)).toEqual(['finished', 'finished', 'finished']);
      expect(rebuilds.map(({ archBuilds }) => archBuilds['succeeded'])).toEqual([8, 16, 28]);
      expect(await text('rebuilds')).toContain(advisory);
    });

    test('rebuilds show tells builds, arch builds, reasons and the message it began with', async () => {
      const rebuild = await json(RebuildDetail, 'rebuilds', 'show', String(run().summary.rebuild));
      expect(rebuild.builds.map(({ image }) => image).sort()).toEqual(rebuilt);
      expect(rebuild.causes.map(({ reference }) => reference)).toContain(advisory);
      const shown = await text('rebuilds', 'show', String(run().summary.rebuild));
      expect(shown).toMatch(/openssl-libs\.s390x 3\.2\.1-2\.fc40 -> 3\.2\.2-1\.fc40/);
      expect(shown).toContain('its parent runtime is rebuilt');
    });

    test.each(['an index digest', 'a manifest digest', 'an NVR', 'an image'])(
      'why walks from %s back to the message of Bodhi',
      async (from) => {
        const nvr = newest('mailer');
        const index = run().summary.rebuilt.find((each) => each.image === 'mailer')?.after ?? '';
        const manifest = (await json(Why, 'why', nvr)).build?.index[0]?.manifestDigest ?? '';
        const subject =
          { 'an index digest': index, 'a manifest digest': manifest, 'an NVR': nvr }[from] ?? 'mailer';
        const answer = await json(Why, 'why', subject);
        const bodhi = run().heard.find(({ topic }) => topic.endsWith('bodhi.update.complete.stable'));
        expect(answer.build?.nvr).toBe(nvr);
        expect(
          answer.build?.causes.flatMap(({ nominations }) => nominations.map((each) => each.messageId)),
        ).toContain(bodhi?.id);
        expect(await text('why', subject)).toContain(advisory);
      },
    );

    test('what-if tells who would be rebuilt, and changes nothing', async () => {
      const before = await json(z.array(RebuildBrief), 'rebuilds');
      const answer = await json(WhatIf, 'what-if', 'openssl-3.2.9-1.fc40');
      expect(answer.builds.map(({ image }) => image).sort()).toEqual(rebuilt);
      expect(await text('what-if', 'nothing-1-1.fc40')).toContain('nothing would be rebuilt');
      expect(await json(z.array(RebuildBrief), 'rebuilds')).toEqual(before);
    });

    test.each(arches)(
      'logs tells what the build for %s printed, also once only the registry has it',
      async (arch) => {
        const words = ['logs', newest('webd'), '--arch', arch] as const;
        const kept = await text(...words);
        expect(kept).toContain('STEP 3/6: RUN dnf install -y webd');
        await forgetLogs((await servicesOf(run().dataDirectory)).store);
        expect(await text(...words)).toBe(kept);
        const lines = (await ask(...words, '--json')).stdout.trim().split('\n');
        const pieces = lines.map((line) => z.object({ text: z.string() }).parse(JSON.parse(line)).text);
        expect(pieces.join('')).toBe(kept);
      },
    );

    test('dead-letters has none, for nothing went wrong', async () => {
      expect(await json(z.array(DeadLetterBrief), 'dead-letters')).toEqual([]);
      expect(await text('dead-letters')).toBe('no dead letters\n');
    });

    test('status shows bus and store connected, every consumer running, and nothing that waits', async () => {
      const status = await waitUntil(
        async () => {
          const now = await json(Status, 'status');
          return now.workers.some(({ slots }) => slots > 0) ? now : undefined;
        },
        { seconds: 30, what: 'the worker to announce itself' },
      );
      expect(status).toMatchObject({ bus: { connected: true }, store: { connected: true }, waiting: [] });
      expect(status.consumers).toHaveLength(19);
      expect(new Set(status.consumers.map(({ state }) => state))).toEqual(new Set(['running']));
    });

    test('config show tells each value and where it came from, and masks what is secret', async () => {
      const file = join(run().dataDirectory, 'flibs.yaml');
      const words = ['config', 'show', '--config', file, '--bus-url', 'amqp://me:secret@localhost/'];
      const { exitCode, stdout } = await flibs(...words, '--json');
      expect(exitCode).toBe(0);
      const values = z
        .array(z.object({ key: z.string(), value: z.unknown(), origin: z.string() }))
        .parse(JSON.parse(stdout));
      expect(values).toEqual(
        expect.arrayContaining([
          { key: 'instance', value: 'demo', origin: `file ${file}` },
          expect.objectContaining({ key: 'bus.url', origin: 'flag --bus-url' }),
          expect.objectContaining({ key: 'bus.prefetch', origin: 'default' }),
        ]),
      );
      const shown = await flibs(...words);
      expect(shown.stdout).toMatch(/^topic_prefix\s+org\.fedoraproject\.prod\s+file /m);
      expect(stdout + shown.stdout).not.toContain('secret');
    });

    test.each([
      [['images', 'show', 'nosuch'], 4, 'nosuch'],
      [['why', 'nosuch-1-1'], 4, 'nosuch-1-1'],
      [['rebuilds', 'show', '999'], 4, '999'],
      [['logs', 'webd-2.0-99', '--arch', 'x86_64'], 4, 'webd-2.0-99'],
      [['logs', 'webd-2.0-1', '--arch', 'vax'], 2, 'vax'],
      [['dead-letters', 'show', '999'], 4, '999'],
      [['retry', 'webd-2.0-1'], 1, 'webd-2.0-1 is released'],
      [['cancel', 'webd-2.0-1'], 1, 'webd-2.0-1 is released'],
      [['frobnicate'], 2, 'frobnicate'],
    ] as const)('%j ends with %i and names what is wrong', async (words, code, named) => {
      const { exitCode, stdout, stderr } = await ask(...words);
      expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
      expect(stderr).toContain(named);
    });

    test('Ctrl-C ends it with 0 and leaves no process behind, epmd included', async () => {
      expect((await processesMentioning(run().dataDirectory)).map(({ program }) => program)).toEqual(
        expect.arrayContaining(['beam.smp', 'epmd', 'postgres', 'docker-registry']),
      );
      expect(await up.interrupt()).toMatchObject({ exitCode: 0 });
      expect(await processesMentioning(run().dataDirectory)).toEqual([]);
    });

    test('afterwards the command line says that no flibs runs, with 3', async () => {
      const { exitCode, stderr } = await ask('images');
      expect(exitCode).toBe(3);
      expect(stderr).toContain(run().dataDirectory);
    });
  });
};

/** As happens an hour after a run. */
const forgetLogs = async (store: string): Promise<void> => {
  const client = new pg.Client(store);
  await client.connect();
  await client.query('delete from flibs_demo.run_log');
  await client.end();
};
