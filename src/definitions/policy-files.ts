/** The folder with the policies of the gate. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { byText } from '../../schemas/by-text.ts';

/** Far more than any policy; keeps a wrong path from filling the memory. */
const mostBytes = 1_048_576;

/** Its files that end in .yaml or .yml, by name. @throws Error saying why the folder, or a file, cannot be used. */
export const readPolicyTexts = async (
  folder: string,
): Promise<readonly { readonly file: string; readonly text: string }[]> => {
  const names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).sort(byText);
  if (names.length === 0)
    throw new Error(`${folder} has no file that ends in .yaml; an empty gate.policies asks for no policies`);
  return Promise.all(names.map(async (file) => ({ file, text: await readBounded(join(folder, file)) })));
};

const readBounded = async (path: string): Promise<string> => {
  const { size } = await stat(path);
  if (size > mostBytes) throw new Error(`${path} is larger than ${mostBytes} bytes`);
  return readFile(path, 'utf8');
};
