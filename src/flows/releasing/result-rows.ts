/** Results in the store, and the fact that one is there. */
import { createHash } from 'node:crypto';
import type { Insertable } from 'kysely';
import { type Outcome, ResultRecorded } from '../../../schemas/events/releasing.ts';
import { type Arch, ImageName, IndexDigest, Nvr } from '../../../schemas/ids.ts';
import type { Flow } from '../../runtime/consumer.ts';
import type { ResultTable } from '../../store/release-tables.ts';
import type { Build } from '../move.ts';

type Row = Insertable<ResultTable>;

export type NewResult = Omit<
  Row,
  'run_key' | 'data' | 'message_id' | 'received_at' | 'part_of' | 'note' | 'reporter'
> &
  Partial<Pick<Row, 'part_of' | 'note' | 'reporter'>> & {
    readonly run: string;
    readonly data: Readonly<Record<string, readonly string[]>>;
    /** Where one can read about the test case. */
    readonly testCaseUrl?: string | undefined;
  };

/** The id of the new row; undefined where the same result is known. */
export const insertResult = async (flow: Flow, result: NewResult): Promise<number | undefined> => {
  const { run, data, testCaseUrl, ...row } = result;
  await knowTestCase(flow, row.test_case, testCaseUrl);
  const inserted = await flow.tx
    .insertInto('result')
    .values({
      part_of: null,
      note: null,
      reporter: null,
      ...row,
      run_key: bounded(run),
      data: JSON.stringify(data),
      message_id: flow.cause.messageId,
      received_at: flow.now,
    })
    .onConflict((oc) => oc.doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted?.id;
};

/** An index has no room for addresses of any length. */
const bounded = (run: string): string =>
  run.length <= 200 ? run : `sha256:${createHash('sha256').update(run).digest('hex')}`;

const knowTestCase = async (flow: Flow, name: string, ref_url: string | undefined): Promise<void> => {
  await flow.tx
    .insertInto('test_case')
    .values({ name, ref_url: ref_url ?? null })
    .onConflict((oc) =>
      ref_url === undefined
        ? oc.doNothing()
        : oc.column('name').doUpdateSet({ ref_url }).where('test_case.ref_url', 'is distinct from', ref_url),
    )
    .execute();
};

interface Recorded {
  readonly id: number;
  readonly testCase: string;
  readonly outcome: Outcome;
  readonly arch?: Arch | undefined;
}

/** So that the gate looks again. */
export const sayRecorded = async (
  flow: Flow,
  build: Build,
  { id, testCase, outcome, arch }: Recorded,
): Promise<void> => {
  if (build.index_digest === null) return;
  await flow.say(ResultRecorded, {
    schemaVersion: 1,
    aggregate: { kind: 'result', id: String(id), seq: 0 },
    result: id,
    nvr: Nvr.parse(build.nvr),
    image: ImageName.parse(build.image),
    testCase,
    outcome,
    ...(arch === undefined ? {} : { arch }),
    indexDigest: IndexDigest.parse(build.index_digest),
  });
};
