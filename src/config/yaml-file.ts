/** Reads one YAML file of a person's, and says what is wrong with it in a line. */
import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { ConfigError, reasonOf } from './problem.ts';

/** Far more than any configuration; keeps a wrong path from filling the memory. */
const mostBytes = 1_048_576;

const read = async (path: string, origin: string): Promise<string> => {
  try {
    const text = await readFile(path, 'utf8');
    if (text.length > mostBytes) throw new Error(`it is larger than ${mostBytes} bytes`);
    return text;
  } catch (error) {
    throw new ConfigError([{ key: path, origin, problem: `cannot be read: ${reasonOf(error)}` }], {
      cause: error,
    });
  }
};

/** The file's value; null for an empty one. `origin` says who named the file. */
export const readYamlFile = async (path: string, origin: string): Promise<unknown> => {
  const document = parseDocument(await read(path, origin), { prettyErrors: true });
  const wrong = document.errors[0];
  if (wrong !== undefined) {
    const [place = wrong.message] = wrong.message.split('\n');
    throw new ConfigError([{ key: path, origin, problem: `is not valid YAML: ${place}` }], { cause: wrong });
  }
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  return value;
};
