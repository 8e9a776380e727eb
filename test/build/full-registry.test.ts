/** A registry whose disk is full: a build fails by infrastructure, says why, and succeeds once there is room. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { Arch } from '../../schemas/ids.ts';
import { createArchive } from '../../src/definitions/archive.ts';
import { type Registry as Server, startRegistry } from '../../src/host/registry.ts';
import { sourceArtifact } from '../../src/registry/media-types.ts';
import { openRegistry } from '../../src/registry/registry.ts';
import { anImageBuilder } from '../unit/consumers/an-image-builder.ts';
import { aWorkbench, packagesRecipe, type Workbench } from './workbench.ts';

const arch: Arch = 'x86_64';
const run = promisify(execFile);

let bench: Workbench;
let dataDir: string;
let storage: string;
let server: Server | undefined;
let mounted = false;
beforeAll(async () => {
  bench = await aWorkbench([arch]);
  dataDir = await mkdtemp(join(tmpdir(), 'flibs-full-'));
  storage = join(dataDir, 'registry', 'storage');
  await mkdir(storage, { recursive: true });
  await run('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', storage]);
  mounted = true;
  server = await startRegistry({ dataDir, log: pino({ level: 'silent' }) });
});
afterAll(async () => {
  try {
    await server?.stop();
  } finally {
    if (mounted) await run('umount', ['--lazy', storage]);
  }
  await rm(dataDir, { recursive: true, force: true });
  await bench.close();
});

test('a full registry fails a build by infrastructure, which says that its disk is full and succeeds with room', async () => {
  const address = server?.address ?? '';
  const registry = openRegistry({ address, attempts: 1 });
  const sources = await registry.pushArtifact('sources/small', {
    mediaType: sourceArtifact,
    content: createArchive([], 1),
    tag: 'sources',
  });
  const worker = anImageBuilder({ runsDir: bench.directory, builder: await bench.openBuilder(), registry });
  const order = () =>
    bench.order('small', arch, {
      ...packagesRecipe('busybox'),
      sources: `${address}/sources/small@${sources}`,
      destination: `${address}/candidate/small`,
    });
  const ballast = join(storage, 'ballast');
  await expect(writeFile(ballast, Buffer.alloc(9 * 1024 * 1024))).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(await worker.runs(order())).toMatchObject({
    kind: 'failed',
    failureClass: 'infrastructure',
    error: expect.stringMatching(/^pushing to .*\/candidate\/small.*no space left on device/s),
  });
  await rm(ballast);
  expect(await worker.runs(order())).toMatchObject({ kind: 'built', outcome: 'succeeded' });
});
