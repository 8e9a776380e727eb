/** A CI Message of a container image's test as results. */
import type { Outcome } from '../../schemas/events/releasing.ts';
import { CiArtifact, CiTest, OldCiTest } from '../../schemas/upstream/ci.ts';
import { TestCaseName } from '../../schemas/upstream/names.ts';
import {
  ignored,
  isObject,
  quote,
  type Reading,
  read,
  refused,
  type UpstreamMessage,
  understood,
  unwrap,
} from './reading.ts';
import { subjectOf } from './subject.ts';
import {
  archesOf,
  imageArtifacts,
  instantOf,
  type TestResult,
  unlessNone,
  webAddress,
} from './test-result.ts';

export const readCiMessage = (message: UpstreamMessage): Reading<readonly TestResult[]> => {
  const body = unwrap(message.body);
  const artifact = read(CiArtifact, body);
  if (artifact.verdict !== 'understood') return artifact;
  const [, type, event] = /\.([^.]*)\.test\.([^.]*)$/.exec(message.topic) ?? [];
  const kind = artifact.as.artifact.type || type || '';
  if (!imageArtifacts.includes(kind)) return ignored(`a test of ${quote(kind)}, not of a container image`);
  const about = isObject(body['test']) ? read(CiTest, body) : read(OldCiTest, body);
  if (about.verdict !== 'understood') return about;
  const outcome = outcomeOf(event ?? '', about.as.test.result);
  if (outcome.verdict !== 'understood') return outcome;
  const { digest, id, nvr } = artifact.as.artifact;
  const subject = subjectOf({ digest, id: id ?? undefined, nvr }, 'artifact');
  if (subject.verdict !== 'understood') return subject;
  return resultsOf(about.as, { outcome: outcome.as, subject: subject.as });
};

const resultsOf = (
  about: CiTest,
  result: Pick<TestResult, 'outcome' | 'subject'>,
): Reading<readonly TestResult[]> => {
  const systems = systemsOf(about.system ?? []);
  if (systems.verdict !== 'understood') return systems;
  const { namespace, type, category } = about.test;
  const testCase = read(TestCaseName, `${namespace}.${type}.${category}`, ['test']);
  if (testCase.verdict !== 'understood') return testCase;
  const run = about.pipeline?.id || about.thread_id || about.run?.url;
  if (!run) return refused('pipeline.id: missing, and run.url with it: attempts could not be told apart');
  const scenario = unlessNone(about.test.scenario);
  const submittedAt = instantOf(about.generated_at);
  const url = webAddress(about.run?.url);
  return understood(
    systems.as.map((system) => ({
      ...result,
      testCase: testCase.as,
      run,
      ...system,
      ...(scenario === undefined ? {} : { scenario }),
      ...(submittedAt === undefined ? {} : { submittedAt }),
      ...(url === undefined ? {} : { url }),
    })),
  );
};

type Tested = Pick<TestResult, 'arch' | 'variant'>;

/** On what it was run, each once; `{}` where it does not say. What names no arch beside what does is not for all. */
const systemsOf = (systems: NonNullable<CiTest['system']>): Reading<readonly Tested[]> => {
  const tested = new Map<string, Tested>();
  for (const system of systems) {
    const arches = archesOf([system.architecture], 'system.architecture');
    if (arches.verdict !== 'understood') return arches;
    const [arch] = arches.as;
    const variant = unlessNone(system.variant);
    const one = { ...(arch === undefined ? {} : { arch }), ...(variant === undefined ? {} : { variant }) };
    tested.set(JSON.stringify(one), one);
  }
  const all = [...tested.values()];
  const onArches = all.filter(({ arch }) => arch !== undefined);
  if (onArches.length > 0) return understood(onArches);
  return understood(all.length === 0 ? [{}] : all);
};

const ofEvent: ReadonlyMap<string, Outcome> = new Map([
  ['queued', 'QUEUED'],
  ['running', 'RUNNING'],
  ['error', 'ERROR'],
]);

const ofResult: ReadonlyMap<string, Outcome> = new Map([
  ['passed', 'PASSED'],
  ['failed', 'FAILED'],
  ['info', 'INFO'],
  ['needs_inspection', 'NEEDS_INSPECTION'],
  // It says of itself that it has nothing to say.
  ['not_applicable', 'INFO'],
]);

const outcomeOf = (event: string, result: string | null | undefined): Reading<Outcome> => {
  const outcome = ofEvent.get(event) ?? (event === 'complete' ? ofResult.get(result ?? '') : undefined);
  if (outcome !== undefined) return understood(outcome);
  return event === 'complete'
    ? refused(`test.result: ${quote(result ?? '')} is no result that CI Messages have`)
    : ignored(`${quote(event)} is no event of a test that flibs listens to`);
};
