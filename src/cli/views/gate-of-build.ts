/** How the gate stands for a build, for people. */
import type { Gate } from '../../api/wire/gate.ts';
import { facts, section, shortDigest, table, when } from '../text-table.ts';
import { waiversText } from './waivers.ts';

export const gateText = (gate: Gate): string =>
  [
    facts([
      ['build', gate.nvr],
      ['state', gate.state],
      ['waits for', gate.waiting],
      ['index', shortDigest(gate.indexDigest)],
      ['product version', gate.productVersion],
      ['decision', decisionText(gate)],
    ]),
    section('requirements', requirementsText(gate)),
    section('waivers', gate.waivers.length === 0 ? '' : waiversText(gate.waivers)),
  ].join('');

const decisionText = ({ decision, indexDigest }: Gate): string => {
  if (decision !== null) return `${decision.state}: ${decision.summary} (${when(decision.at)})`;
  return indexDigest === null ? 'none: it has no index yet' : 'none yet';
};

type Requirement = Gate['requirements'][number];

const requirementsText = ({ requirements }: Gate): string =>
  table(
    ['state', 'test case', 'arch', 'scenario', 'result', 'heard', 'remark'],
    requirements.map((one) => [
      one.state,
      one.testCase,
      one.arch,
      one.scenario,
      one.result === undefined ? null : `${one.result} ${one.outcome ?? ''}`.trim(),
      when(one.receivedAt),
      remarkOn(one),
    ]),
    '',
  );

const remarkOn = ({ url, unwaived, waiver, alarmAt }: Requirement): string | null => {
  const said = [
    ...(waiver === undefined ? [] : [`waiver ${waiver}; without it ${unwaived ?? 'not passed'}`]),
    ...(alarmAt === undefined ? [] : [`an alarm from ${when(alarmAt)}`]),
    ...(url === null || url === '' ? [] : [url]),
  ];
  return said.length === 0 ? null : said.join('; ');
};
