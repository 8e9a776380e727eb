/** What would be rebuilt: asked of a running flibs, or of an inventory in a file. */
import { z } from 'zod';
import { WhatIf, WhatIfRequest } from '../../api/wire/action.ts';
import { whatIfOn } from '../../planning/files/what-if-files.ts';
import { isBase } from '../../planning/what-if.ts';
import { connect } from '../client.ts';
import { type OptionValues, optionText } from '../config-options.ts';
import { readInventory } from '../read-inventory.ts';
import type { Terminal } from '../terminal.ts';
import { UserError } from '../user-error.ts';
import { dotGraph, mermaidGraph } from '../views/plan-graph.ts';
import { whatIfText } from '../views/what-if.ts';

export const askWhatIf = async (
  sources: readonly string[],
  options: OptionValues,
  terminal: Terminal,
): Promise<void> => {
  const request = requestOf(sources, options);
  const file = optionText(options, 'inventory');
  const answer =
    file === undefined
      ? await (await connect(options, terminal)).post('/api/v1/what-if', WhatIf, request)
      : await askInventory(file, request, terminal);
  terminal.out(formatted(answer, options));
};

const Texts = z.array(z.string()).default([]);

const names = { sources: 'source', modules: '--module', bases: '--base', images: '--source' } as const;
const isName = (key: PropertyKey | undefined): key is keyof typeof names =>
  typeof key === 'string' && Object.hasOwn(names, key);

/** Checked here as well, so that what is wrong is told without a running flibs. */
const requestOf = (sources: readonly string[], options: OptionValues): WhatIfRequest => {
  const parsed = WhatIfRequest.safeParse(
    {
      sources,
      modules: Texts.parse(options['module']),
      bases: Texts.parse(options['base']),
      images: Texts.parse(options['source']),
    },
    { reportInput: true },
  );
  if (parsed.success) return parsed.data;
  const told = parsed.error.issues.map(({ path: [key], message, input }) =>
    isName(key) ? `${names[key]} ${JSON.stringify(input)} ${message}` : message,
  );
  throw new UserError('usage', told.join('; '), { hint: '`flibs what-if --help` has examples' });
};

const askInventory = async (file: string, request: WhatIfRequest, terminal: Terminal): Promise<WhatIf> => {
  const inventory = await readInventory(file, terminal);
  const known = new Set<string>(inventory.images.map(({ name }) => name));
  const missing = request.images.filter((name) => !known.has(name));
  if (missing.length > 0) {
    throw new UserError('not-found', `${file} has no image ${missing.join(', ')}`);
  }
  const externals = inventory.images.flatMap(({ parents }) =>
    parents.flatMap((parent) => (parent.kind === 'external' ? [parent.pullspec] : [])),
  );
  const absent = request.bases.filter((base) => !externals.some((pullspec) => isBase(pullspec, base)));
  if (absent.length > 0) {
    throw new UserError('not-found', `no image of ${file} is built from ${absent.join(', ')}`);
  }
  return whatIfOn(inventory, request);
};

const formatted = (answer: WhatIf, options: OptionValues): string => {
  const format = options['json'] === true ? 'json' : options['format'];
  switch (format) {
    case 'json':
      return `${JSON.stringify(answer, null, 2)}\n`;
    case 'dot':
      return dotGraph(answer.builds);
    case 'mermaid':
      return mermaidGraph(answer.builds);
    default:
      return whatIfText(answer);
  }
};
