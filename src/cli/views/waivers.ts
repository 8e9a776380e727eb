import type { Waiver } from '../../api/wire/waiver.ts';
import { table, when } from '../text-table.ts';

export const waivedText = (waiver: Waiver): string =>
  `waiver ${waiver.id}: ${waiver.testcase} of ${waiver.subject_identifier} is ${waiver.waived ? 'waived' : 'waived no more'}${limits(waiver)}\n`;

/** What it is narrowed to. */
const limits = ({ arch, scenario, result_id: result, expires }: Waiver): string => {
  const said = [
    ...(arch === null ? [] : [`on ${arch}`]),
    ...(scenario === null ? [] : [`in scenario ${scenario}`]),
    ...(result === null ? [] : [`for result ${result}`]),
    ...(expires === null ? [] : [`until ${when(expires)}`]),
  ];
  return said.length === 0 ? '' : ` ${said.join(', ')}`;
};

const heads = ['id', 'subject', 'test case', 'waived', 'narrowed to', 'by', 'at', 'because'];

export const waiversText = (waivers: readonly Waiver[]): string =>
  table(
    heads,
    waivers.map((waiver) => [
      waiver.id,
      waiver.subject_identifier,
      waiver.testcase,
      waiver.waived ? 'yes' : 'taken back',
      limits(waiver).trim() || null,
      waiver.proxied_by === null ? waiver.username : `${waiver.username} (${waiver.proxied_by})`,
      when(`${waiver.timestamp}Z`),
      waiver.comment,
    ]),
    'no waivers',
  );
