import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Builder } from '../../src/building/builder.ts';
import { freePort } from '../../src/host/free-port.ts';
import { aWorkbench, type Done, type Workbench } from './workbench.ts';

const arch = 'x86_64';

describe('repositories that are not directories of the builder', () => {
  let bench: Workbench;
  let server: Server;
  let address: string;
  const asked: string[] = [];

  beforeAll(async () => {
    bench = await aWorkbench([arch]);
    server = createServer(async (request, response) => {
      asked.push(request.url ?? '');
      const bytes = await readFile(join(bench.repoDir, request.url ?? '')).catch(() => undefined);
      response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bound = server.address();
    address = typeof bound === 'object' && bound !== null ? `127.0.0.1:${bound.port}` : '';
  });
  afterAll(async () => {
    await bench.close();
    await new Promise((resolve) => server.close(resolve));
  });

  const over = (place: string) => {
    const { repositories } = bench.order('any', arch);
    return { repositories: repositories.map((each) => ({ ...each, baseurl: `http://${place}/$basearch` })) };
  };
  const containerfile = (...lines: readonly string[]) => ({
    files: { Containerfile: ['FROM base', ...lines].join('\n') },
  });

  describe.each(['oci', 'chroot'] as const)('with %s isolation', (isolation) => {
    let builder: Builder;
    let base: Done;
    beforeAll(async () => {
      builder = await bench.openBuilder({ isolation });
      base = await bench.base(builder, arch, over(address));
    });

    const onBase = (changes = {}) =>
      bench.order('runtime', arch, {
        parents: bench.parent('base', base.manifestDigest),
        ...over(address),
        ...changes,
      });

    test('give a package list the same content as directories do', async () => {
      const local = await bench.base(builder, arch);
      expect(local.built.contentId).toBe(base.built.contentId);
    });

    test('are there for dnf in a Containerfile, signatures checked, and leave no trace', async () => {
      asked.length = 0;
      const remote = await bench.build(builder, onBase());
      expect(remote.built.contentList.rpms.map(({ name }) => name)).toContain('tinyscript');
      expect(asked.some((path) => /tinyscript-.*\.rpm$/.test(path))).toBe(true);
      const local = await bench.build(
        builder,
        onBase({ repositories: bench.order('any', arch).repositories }),
      );
      expect(local.built.contentId).toBe(remote.built.contentId);
    });

    test('are all that a Containerfile reaches', async () => {
      const from = (url: string) => `RUN ! dnf --repofrompath=x,${url} --repo=x --nogpgcheck makecache`;
      const tries = containerfile(
        from(`http://${address}/${arch}`),
        from('http://127.0.0.1:7878/other'),
        from('http://127.0.0.1:7878/example/%2e%2e/other'),
      );
      const { output } = await bench.build(builder, onBase({ tag: 'tries' }), tries);
      expect(output).toMatch(
        new RegExp(`(?:Couldn't connect to server|Failed to connect).*${address.split(':')[1]}`),
      );
      expect(output).toContain('Status code: 403 for http://127.0.0.1:7878/other/repodata/repomd.xml');
      expect(output).toContain('Status code: 403 for http://127.0.0.1:7878/example/%2e%2e/other/repodata');
    });

    test('that are away are no fault of the image, and are named', async () => {
      const nobody = `127.0.0.1:${await freePort()}`;
      const away = bench.build(builder, onBase(over(nobody)));
      await expect(away).rejects.toMatchObject({
        failureClass: 'infrastructure',
        message: expect.stringMatching(
          /^repository example: http:\/\/127\.0\.0\.1:[0-9]+\/x86_64\/repodata\/repomd\.xml: .*ECONNREFUSED/,
        ),
      });
    });
  });
});
