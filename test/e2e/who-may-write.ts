/** Who may write, on a running flibs: nobody without a token, each as far as its scope goes, the command line beside it. */
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { readAddress } from '../../src/api/address-file.ts';
import { AuditEntry } from '../../src/api/wire/audit.ts';
import { flibs } from './program.ts';
import type { RunningSite } from './running-site.ts';

export const describeWhoMayWrite = (site: () => RunningSite): void => {
  const url = async (): Promise<string> => {
    const address = await readAddress(site().dataDirectory);
    if (address === undefined) throw new Error('flibs is not up');
    return address.url;
  };
  /** Makes a token and keeps it in a file, as people do. */
  const tokenFile = async (name: string, scope: string): Promise<string> => {
    const { stdout } = await site().ask('token', 'create', name, '--scope', scope);
    const file = join(site().directory, `${name}.token`);
    await writeFile(file, stdout, { mode: 0o600 });
    return file;
  };
  /** The command line of a machine that has not flibs' data directory. */
  const elsewhere = async (file: string, ...words: readonly string[]) =>
    flibs(...words, '--api', await url(), '--token-file', file);

  describe('a write over HTTP', () => {
    test('without a token is refused with 401', async () => {
      const answer = await fetch(`${await url()}/api/v1/definitions/reload`, { method: 'POST' });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    });

    test('with a token of another scope is refused, naming the one that is missing', async () => {
      const { exitCode, stderr } = await elsewhere(
        await tokenFile('web-ci', 'results'),
        'reconcile',
        '--dry-run',
      );
      expect(exitCode).toBe(1);
      expect(stderr).toContain('the token web-ci lacks the scope rebuilds');
    });

    test('with a token of the right scope is done', async () => {
      const ran = await elsewhere(await tokenFile('ann', 'rebuilds'), 'reconcile', '--dry-run');
      expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    });

    test('by the command line on the same machine needs nothing more', async () => {
      expect(await site().ask('reload')).toMatchObject({ exitCode: 0, stderr: '' });
      expect((await stat(join(site().dataDirectory, 'api.token'))).mode & 0o777).toBe(0o600);
    });

    test('by the command line goes on after a second flibs here found the port in use', async () => {
      const { port } = new URL(await url());
      const second = await flibs('up', '--config', site().configFile, '--api-port', port);
      expect(second.exitCode).toBe(1);
      expect(second.stderr).toContain(`the API cannot listen on 127.0.0.1:${port}`);
      expect(await site().ask('reload')).toMatchObject({ exitCode: 0, stderr: '' });
    });

    test('with a token that was revoked is refused', async () => {
      const file = await tokenFile('bob', 'rebuilds');
      await site().ask('token', 'revoke', 'bob');
      const { exitCode, stderr } = await elsewhere(file, 'reconcile', '--dry-run');
      expect(exitCode).toBe(1);
      expect(stderr).toContain('the token bob was revoked');
    });

    test('is in the audit, done or refused, with who it was', async () => {
      const { stdout } = await site().ask('audit', '--json');
      const entries = z.array(AuditEntry).parse(JSON.parse(stdout));
      const seen = entries.map(({ who, route, status }) => `${who} ${route} ${status}`);
      expect(seen).toEqual(
        expect.arrayContaining([
          'null /api/v1/definitions/reload 401',
          'web-ci /api/v1/reconcile 403',
          'ann /api/v1/reconcile 200',
          'local /api/v1/definitions/reload 200',
          'local /api/v1/tokens/:token/revoke 200',
          'bob /api/v1/reconcile 401',
        ]),
      );
    });

    test('leaves no token in the log', () => {
      expect(site().up().lines.join('\n')).not.toMatch(/flibs_[\w-]{43}/);
    });
  });
};
