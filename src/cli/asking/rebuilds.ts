import { z } from 'zod';
import { RebuildBrief, RebuildDetail } from '../../api/wire/rebuild.ts';
import { connect } from '../client.ts';
import type { OptionValues } from '../config-options.ts';
import { print } from '../output.ts';
import type { Terminal } from '../terminal.ts';
import { rebuildsText, rebuildText } from '../views/rebuilds.ts';

export const listRebuilds = async (options: OptionValues, terminal: Terminal): Promise<void> => {
  const client = await connect(options, terminal);
  print(terminal, options, await client.get('/api/v1/rebuilds', z.array(RebuildBrief)), rebuildsText);
};

export const showRebuild = async (id: number, options: OptionValues, terminal: Terminal): Promise<void> => {
  const client = await connect(options, terminal);
  print(terminal, options, await client.get(`/api/v1/rebuilds/${id}`, RebuildDetail), rebuildText);
};
