/** The image's own test, run on each arch by the workers and told as any CI would tell it. */
import type { Selectable } from 'kysely';
import { ContainerImageTestComplete, ContainerImageTestError } from '../../../schemas/events/ci.ts';
import { TestFinished, TestQueued } from '../../../schemas/events/releasing.ts';
import { ArtifactDigest, ImageName, IndexDigest, Nvr, RunId } from '../../../schemas/ids.ts';
import type { Flow } from '../../runtime/consumer.ts';
import type { SmokeTestTable } from '../../store/release-tables.ts';
import { begunNow } from '../begun.ts';
import { pauseAfter } from '../dispatching/attempts.ts';
import type { Build } from '../move.ts';
import { lockBuildByNvr } from '../move.ts';
import { releaseRepository } from '../registry-paths.ts';
import type { Settings } from '../settings.ts';

export type SmokeTest = Selectable<SmokeTestTable>;

/** `<namespace>.<type>.<category>`, as CI Messages name test cases. */
export const smokeTestCase = 'flibs.smoke-test.functional';

/** Asks for a run of the declared test on every arch of a candidate, carried ones too: the gate judges the index. */
export const queueSmokeTests = async (flow: Flow, nvr: string): Promise<void> => {
  const build = await lockBuildByNvr(flow, nvr);
  if (build === undefined || build.definition.smokeTest === undefined || build.ended_at !== null) return;
  const entries = await flow.tx
    .selectFrom('index_entry')
    .selectAll()
    .where('build', '=', build.id)
    .orderBy('arch')
    .execute();
  for (const entry of entries) {
    const queued = await flow.tx
      .insertInto('smoke_test')
      .values({
        build: build.id,
        arch: entry.arch,
        manifest_digest: entry.manifest_digest,
        test_case: smokeTestCase,
        state: 'queued',
        queued_at: flow.now,
        cause: begunNow(flow),
        severity: build.severity,
        by_hand: build.by_hand,
      })
      .onConflict((oc) => oc.doNothing())
      .returningAll()
      .executeTakeFirst();
    if (queued) await sayQueued(flow, build, queued);
  }
};

const sayQueued = (flow: Flow, build: Build, test: SmokeTest) =>
  flow.say(TestQueued, {
    schemaVersion: 1,
    aggregate: { kind: 'run', id: `smoke-test ${test.id}`, seq: test.seq },
    nvr: Nvr.parse(build.nvr),
    image: ImageName.parse(build.image),
    arch: test.arch,
    testCase: test.test_case,
  });

interface Ended {
  readonly result: 'passed' | 'failed' | 'error';
  readonly output: string;
  readonly run: string;
  readonly log?: string;
}

/** Ends a smoke test, or queues it again where the infrastructure failed and attempts are left. */
export const endSmokeTest = async (
  flow: Flow,
  settings: Settings,
  test: SmokeTest,
  end: Ended,
): Promise<void> => {
  const attempts = test.attempts + 1;
  if (end.result === 'error' && attempts < settings.runAttempts) {
    await flow.tx
      .updateTable('smoke_test')
      .set((eb) => ({
        state: 'queued',
        run: null,
        attempts,
        output: end.output,
        queued_at: new Date(flow.now.getTime() + pauseAfter(attempts) * 1000),
        seq: eb('seq', '+', 1),
      }))
      .where('id', '=', test.id)
      .execute();
    return;
  }
  const { seq } = await flow.tx
    .updateTable('smoke_test')
    .set((eb) => ({
      state: end.result,
      attempts,
      output: end.output,
      ended_at: flow.now,
      seq: eb('seq', '+', 1),
    }))
    .where('id', '=', test.id)
    .returning('seq')
    .executeTakeFirstOrThrow();
  const build = await flow.tx
    .selectFrom('build')
    .select(['nvr', 'image'])
    .where('id', '=', test.build)
    .executeTakeFirstOrThrow();
  await flow.say(TestFinished, {
    schemaVersion: 1,
    aggregate: { kind: 'run', id: `smoke-test ${test.id}`, seq },
    nvr: Nvr.parse(build.nvr),
    image: ImageName.parse(build.image),
    arch: test.arch,
    testCase: test.test_case,
    run: RunId.parse(end.run),
    result: end.result,
    output: end.output.slice(0, 8192),
    ...(end.log === undefined ? {} : { log: ArtifactDigest.parse(end.log) }),
  });
};

interface Finished {
  readonly nvr: string;
  readonly arch: SmokeTest['arch'];
  readonly run: string;
  readonly result: Ended['result'];
  readonly output: string;
  readonly log?: string | undefined;
}

/** Says the CI Message for a smoke test that has ended, so that every gate can read it. */
export const reportSmokeTest = async (flow: Flow, settings: Settings, finished: Finished): Promise<void> => {
  const build = await flow.tx
    .selectFrom('build')
    .selectAll()
    .where('nvr', '=', finished.nvr)
    .executeTakeFirst();
  if (build === undefined || build.index_digest === null) return;
  const repository = releaseRepository(settings, build.image);
  const digest = IndexDigest.parse(build.index_digest);
  const location = finished.log === undefined ? '' : `${repository}@${finished.log}`;
  const message = {
    contact: { name: 'flibs smoke-tester', team: settings.instance, docs: '', email: '' },
    run: { url: location, log: location },
    artifact: {
      type: 'container-image' as const,
      id: `${repository}@${digest}`,
      repository,
      digest,
      nvr: Nvr.parse(build.nvr),
      issuer: 'flibs',
      scratch: false,
    },
    pipeline: { id: finished.run, name: 'flibs smoke-test' },
    test: { category: 'functional' as const, namespace: 'flibs', type: 'smoke-test' },
    system: [{ os: 'container', provider: 'flibs', architecture: finished.arch }],
    generated_at: flow.now.toISOString(),
    version: '1.1.0',
  };
  if (finished.result === 'error') {
    await flow.say(ContainerImageTestError, { ...message, error: { reason: finished.output } }, [
      build.image,
    ]);
  } else {
    const test = { ...message.test, result: finished.result, note: finished.output };
    await flow.say(ContainerImageTestComplete, { ...message, test }, [build.image]);
  }
};
