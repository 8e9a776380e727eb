import { Waiver, WaiverPage } from '../../api/wire/waiver.ts';
import { connect } from '../client.ts';
import { type OptionValues, optionText } from '../config-options.ts';
import { print } from '../output.ts';
import type { Terminal } from '../terminal.ts';
import { waivedText, waiversText } from '../views/waivers.ts';

const path = '/api/v1.0/waivers/';

/** In a list for people. */
const most = 100;

const given = (options: OptionValues, names: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(names).flatMap(([option, key]) => {
      const value = optionText(options, option);
      return value === undefined ? [] : [[key, value]];
    }),
  );

export const waive = async (
  { subject, testCase }: { readonly subject: string; readonly testCase: string },
  options: OptionValues,
  terminal: Terminal,
): Promise<void> => {
  const client = await connect(options, terminal);
  const wanted = {
    subject_identifier: subject,
    testcase: testCase,
    waived: options['takeBack'] !== true,
    ...(options['result'] === undefined ? {} : { result_id: options['result'] }),
    ...given(options, {
      comment: 'comment',
      arch: 'arch',
      scenario: 'scenario',
      expires: 'expires',
      productVersion: 'product_version',
      subjectType: 'subject_type',
      username: 'username',
    }),
  };
  print(terminal, options, await client.post(path, Waiver, wanted), waivedText);
};

export const listWaivers = async (
  subject: string | undefined,
  options: OptionValues,
  terminal: Terminal,
): Promise<void> => {
  const client = await connect(options, terminal);
  const query = new URLSearchParams({
    limit: String(most),
    ...(subject === undefined ? {} : { subject_identifier: subject }),
    ...given(options, { testCase: 'testcase' }),
    ...(options['all'] === true ? { include_obsolete: '1' } : {}),
  });
  const { data } = await client.get(`${path}?${query}`, WaiverPage);
  print(terminal, options, data, waiversText);
};
