/** `flibs gate check`: the gate on files, without bus, store or a running flibs. */
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { byText } from '../../schemas/by-text.ts';
import { reasonOf } from '../config/problem.ts';
import { checkFiles } from '../gating/files/check.ts';
import { RemoteRulesFile } from '../gating/files/remote-rules.ts';
import { ResultsFile } from '../gating/files/results.ts';
import { WaiversFile } from '../gating/files/waivers.ts';
import { instantOf } from '../gating/instant.ts';
import { type PolicySet, readPolicyFiles } from '../gating/policy-yaml.ts';
import { type OptionValues, optionText } from './config-options.ts';
import { readInputFile, readInputText, unusable } from './input-file.ts';
import { print } from './output.ts';
import type { Terminal } from './terminal.ts';
import { UserError } from './user-error.ts';
import { checkedText } from './views/gate.ts';

const explained = { page: 'docs/gating.md' };

/**
 * @throws {@link UserError} `usage` when a file cannot be used or the request cannot be decided, `failed` when the
 * decision is not satisfied.
 */
export const checkGate = async (options: OptionValues, terminal: Terminal): Promise<void> => {
  const named = (option: string) => optionText(options, option) ?? '';
  const json = <Schema extends z.ZodType>(option: string, schema: Schema) =>
    readInputFile(named(option), schema, terminal, explained);
  const files = {
    policies: await readPolicies(named('policies'), terminal),
    request: await json('request', z.unknown()),
    results: await json('results', ResultsFile),
    waivers: await json('waivers', WaiversFile),
    remoteRules:
      named('remoteRules') === '' ? RemoteRulesFile.parse({}) : await json('remoteRules', RemoteRulesFile),
  };
  const checked = checkFiles(files, instantOf(new Date()));
  if ('status' in checked) {
    print(terminal, options, refusalJson(checked), () => '');
    throw new UserError('usage', `${named('request')}: ${checked.status}: ${checked.message}`, {
      hint: `${explained.page} says what can be asked`,
    });
  }
  print(terminal, options, checked.response, () => checkedText(checked.decision));
  if (checked.decision.state !== 'satisfied') throw new UserError('failed', checked.decision.summary);
};

const refusalJson = ({ status, message }: { readonly status: number; readonly message: string }) => ({
  http_status: status,
  message,
});

/** Of a folder, its files that end in .yaml or .yml. */
const readPolicies = async (folder: string, terminal: Terminal): Promise<PolicySet> => {
  const names = await readdir(resolve(terminal.workingDirectory, folder)).catch((error: unknown) => {
    const problem = `cannot be read: ${reasonOf(error)}`;
    throw unusable(folder, [{ path: '', problem }], { ...explained, cause: error });
  });
  const wanted = names.filter((name) => /\.ya?ml$/.test(name)).sort(byText);
  if (wanted.length === 0)
    throw unusable(folder, [{ path: '', problem: 'has no file that ends in .yaml' }], explained);
  const texts = await Promise.all(
    wanted.map(async (name) => {
      const file = join(folder, name);
      return { file, text: await readInputText(file, terminal, explained) };
    }),
  );
  const read = readPolicyFiles(texts, 'server');
  if (!('problems' in read)) return read;
  throw unusable(
    folder,
    read.problems.map((problem) => ({ path: '', problem })),
    explained,
  );
};
