import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

/** The secret in a file that only its owner may read; made at the first call. 192 random bits, safe in URLs. */
export const secretIn = async (file: string): Promise<string> => {
  const secret = randomBytes(24).toString('base64url');
  try {
    await writeFile(file, `${secret}\n`, { mode: 0o600, flag: 'wx' });
    return secret;
  } catch {
    const kept = (await readFile(file, 'utf8')).trim();
    if (!/^[\w-]{16,}$/.test(kept)) {
      throw new Error(
        `${file} should hold a secret and does not; remove it together with its service's directory`,
      );
    }
    return kept;
  }
};
