import { connect, part } from '../client.ts';
import { type OptionValues, optionText } from '../config-options.ts';
import type { Terminal } from '../terminal.ts';

/** A log is what a build printed: it is passed on as it is, colours and all. */
export const showLog = async (nvr: string, options: OptionValues, terminal: Terminal): Promise<void> => {
  const client = await connect(options, terminal);
  const arch = part(optionText(options, 'arch') ?? '');
  const follow = options['follow'] === true ? '?follow=true' : '';
  for await (const text of client.text(`/api/v1/builds/${part(nvr)}/logs/${arch}${follow}`)) {
    terminal.out(options['json'] === true ? `${JSON.stringify({ text })}\n` : text);
  }
};
