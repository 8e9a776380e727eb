/** A throw-away key that signs the demo's packages, and gpg's agent kept from outliving its work. */
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runToSuccess } from '../../building/run-program.ts';

const owner = 'flibs example packages';

/** Where a key lies: the secret half for signing, the public half for the repositories' users. */
export interface SigningKey {
  readonly secretFile: string;
  /** Armoured, as a repository's `gpgkeys` names it. */
  readonly publicFile: string;
}

/** The key in `dataDir`, made when there is none. */
export const signingKey = async (dataDir: string): Promise<SigningKey> => {
  const key = {
    secretFile: join(dataDir, 'signing-key.asc'),
    publicFile: join(dataDir, 'RPM-GPG-KEY-flibs-example'),
  };
  if (existsSync(key.secretFile)) return key;
  await withKeyring(undefined, async (home) => {
    const gpg = (...args: string[]) =>
      runToSuccess({
        file: 'gpg',
        args: ['--batch', '--pinentry-mode', 'loopback', '--passphrase', '', ...args],
        env: { GNUPGHOME: home },
      });
    await gpg('--quick-generate-key', owner, 'rsa3072', 'sign', 'never');
    await writeFile(key.publicFile, (await gpg('--armor', '--export', owner)).stdout);
    await writeFile(`${key.secretFile}.new`, (await gpg('--armor', '--export-secret-keys', owner)).stdout, {
      mode: 0o600,
    });
  });
  await rename(`${key.secretFile}.new`, key.secretFile);
  return key;
};

/** Signs RPM files in place. rpmsign's default program is gpg2, which Debian does not have. */
export const signRpms = async (key: SigningKey, files: readonly string[]): Promise<void> => {
  if (files.length === 0) return;
  await withKeyring(key, async (home) => {
    const defines = [
      '__gpg /usr/bin/gpg',
      `_gpg_name ${owner}`,
      `_gpg_path ${home}`,
      '_gpg_digest_algo sha256',
    ];
    await runToSuccess({
      file: 'rpmsign',
      args: ['--addsign', ...defines.flatMap((define) => ['--define', define]), '--', ...files],
      env: { GNUPGHOME: home, HOME: home },
    });
  });
};

/** A keyring directory with a short path (its agent's socket must fit into 108 bytes) for as long as `use` takes. */
const withKeyring = async (
  key: SigningKey | undefined,
  use: (home: string) => Promise<void>,
): Promise<void> => {
  const home = await mkdtemp(join(tmpdir(), 'flibs-gpg-'));
  try {
    await chmod(home, 0o700);
    if (key !== undefined) {
      await runToSuccess({
        file: 'gpg',
        args: ['--batch', '--import'],
        env: { GNUPGHOME: home },
        input: await readFile(key.secretFile, 'utf8'),
      });
    }
    await use(home);
  } finally {
    await runToSuccess({ file: 'gpgconf', args: ['--kill', 'all'], env: { GNUPGHOME: home } }).catch(
      () => undefined,
    );
    await rm(home, { recursive: true, force: true });
  }
};
