/** A decision, for people: requirement by requirement. */
import type { Decision, Requirement } from '../../gating/decision.ts';
import { facts, type Row, section, table, when } from '../text-table.ts';

export const checkedText = ({ state, summary, applicablePolicies, requirements }: Decision): string => {
  const subjects = new Set(requirements.map(({ subjectIdentifier }) => subjectIdentifier));
  return [
    `${state}: ${summary}\n`,
    facts([['policies', [...new Set(applicablePolicies)].join(', ')]]),
    ...[...subjects].map((subject) =>
      section(
        subject,
        requirementsText(requirements.filter(({ subjectIdentifier }) => subjectIdentifier === subject)),
      ),
    ),
  ].join('');
};

const heads = ['state', 'test case', 'arch', 'scenario', 'variant', 'because', 'asked by'];

const requirementsText = (requirements: readonly Requirement[]): string => {
  const rows = requirements.map(rowOf);
  // Columns in which nothing stands are left out.
  const said = heads.flatMap((_, index) => (rows.some((row) => row[index] !== undefined) ? [index] : []));
  return table(
    said.map((index) => heads[index] ?? ''),
    rows.map((row) => said.map((index) => row[index])),
    '',
  );
};

const rowOf = (one: Requirement): Row => {
  switch (one.kind) {
    case 'test':
      return [one.state, one.testCase, one.arch, one.scenario, one.variant, because(one), one.source];
    case 'excluded': {
      const by = one.policy === undefined ? '' : ` by ${one.policy}`;
      return ['excluded', undefined, undefined, undefined, undefined, `left out${by}`, one.source];
    }
    case 'fetched-gating-yaml':
      return [one.state, one.kind, undefined, undefined, undefined, one.source, undefined];
    default: {
      const where = one.sources.length > 0 ? one.sources.join(', ') : undefined;
      const why = one.waiver === undefined ? (one.details ?? where) : `waiver ${one.waiver}`;
      return [one.state, one.kind, undefined, undefined, undefined, why, undefined];
    }
  }
};

const because = (one: Extract<Requirement, { readonly kind: 'test' }>): string | undefined => {
  const parts = [
    ...(one.result === undefined ? [] : [`result ${one.result}`]),
    ...(one.errorReason === undefined ? [] : [one.errorReason]),
    ...(one.waiver === undefined ? [] : [`waiver ${one.waiver} of ${one.unwaived}`]),
    ...(one.alarmAt === undefined ? [] : [`an alarm from ${when(one.alarmAt)}`]),
  ];
  return parts.length > 0 ? parts.join(', ') : undefined;
};
