/** How a running flibs stands, for people. */
import type { Status } from '../../api/wire/status.ts';
import { facts, section, table, when } from '../text-table.ts';

const link = ({ connected, waiting }: Status['bus']): string => {
  if (connected) return 'connected';
  return waiting === undefined ? 'not connected' : `not connected: ${waiting}`;
};

export const statusText = (status: Status): string =>
  [
    facts([
      ['instance', status.instance],
      ['version', status.version],
      ['since', when(status.startedAt)],
      ['bus', link(status.bus)],
      ['store', link(status.store)],
      ['dead letters', status.deadLetters],
    ]),
    section(
      'consumers',
      table(
        ['consumer', 'state', 'waiting for'],
        status.consumers.map(({ name, state, waiting }) => [name, state, waiting]),
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
          when(worker.announcedAt),
        ]),
        'none has announced itself',
      ),
    ),
    section(
      'what waits',
      table(
        ['what', 'for', 'since'],
        status.waiting.map(({ what, reason, since }) => [what, reason, when(since ?? null)]),
        'nothing',
      ),
    ),
  ].join('');
