/** How a running flibs stands, for people. */
import type { Status } from '../../api/wire/status.ts';
import { facts, section, table, when } from '../text-table.ts';

const link = ({ connected, waiting, since }: Status['bus']): string => {
  const state = connected ? 'connected' : 'not connected';
  return `${state} since ${when(since)}${waiting === undefined ? '' : `: ${waiting}`}`;
};

type Standing = Status['consumers'][number];

const standingCells = ({ name, state, waiting, effects }: Standing) => [
  name,
  state,
  effects === 0 ? undefined : effects,
  waiting,
];

/** One that is gone says nothing of its consumers any more. */
const processRows = ({ host, pid, gone, seenAt, consumers }: Status['processes'][number]) => {
  const where = `${host}:${pid}`;
  return gone
    ? consumers.map(({ name }) => [where, name, 'gone', undefined, `not heard of since ${when(seenAt)}`])
    : consumers.map((standing) => [where, ...standingCells(standing)]);
};

/** Its queue is known to be gone where no time is told. */
const heardOf = ({ announcedAt, gone }: Status['workers'][number]): string | null => {
  if (!gone) return when(announcedAt);
  return new Date(announcedAt).getTime() === 0
    ? 'gone: its queue is not there'
    : `gone since ${when(announcedAt)}`;
};

const notKnown = 'not known: the store is away';

export const statusText = (status: Status): string => {
  const { deadLetters } = status;
  const orNone = (none: string): string => (deadLetters === null ? notKnown : none);
  return [
    facts([
      ['instance', status.instance],
      ['version', status.version],
      ['since', when(status.startedAt)],
      ['bus', link(status.bus)],
      ['store', link(status.store)],
      ['dead letters', deadLetters ?? notKnown],
    ]),
    section(
      'consumers',
      table(['consumer', 'state', 'effects', 'waiting for'], status.consumers.map(standingCells), 'none'),
    ),
    status.processes.length === 0
      ? ''
      : section(
          'consumers of other processes',
          table(
            ['process', 'consumer', 'state', 'effects', 'waiting for'],
            status.processes.flatMap(processRows),
            'none',
          ),
        ),
    section(
      'workers',
      table(
        ['worker', 'arches', 'busy', 'heard of'],
        status.workers.map((worker) => [
          worker.name,
          worker.arches.join(','),
          `${worker.running}/${worker.slots}`,
          heardOf(worker),
        ]),
        orNone('none has announced itself'),
      ),
    ),
    section(
      'paused',
      table(
        ['what', 'by', 'why', 'since', 'until'],
        status.paused.map(({ what, by, reason, since, until }) => [
          what,
          by,
          reason,
          when(since),
          until === null ? 'it is resumed' : when(until),
        ]),
        orNone('nothing'),
      ),
    ),
    section(
      'what waits',
      table(
        ['what', 'for', 'since'],
        status.waiting.map(({ what, reason, since }) => [what, reason, when(since ?? null)]),
        orNone('nothing'),
      ),
    ),
  ].join('');
};
