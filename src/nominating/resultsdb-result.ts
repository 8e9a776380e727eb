/** ResultsDB's announcement of a new result as results of ours. */
import { ResultsDbResult, ResultsDbSubject, TaskotronResult } from '../../schemas/upstream/resultsdb.ts';
import {
  ignored,
  isObject,
  quote,
  type Reading,
  read,
  type UpstreamMessage,
  understood,
  unwrap,
} from './reading.ts';
import { aboutImage, runOf } from './resultsdb-data.ts';
import { imageArtifacts, instantOf, type TestResult, webAddress } from './test-result.ts';

export const readResultsDbResult = (message: UpstreamMessage): Reading<readonly TestResult[]> => {
  const body = unwrap(message.body);
  if (isObject(body['task'])) return readTaskotron(body);
  const about = read(ResultsDbSubject, body);
  if (about.verdict !== 'understood') return about;
  const type = about.as.data.type?.[0] ?? '';
  if (!imageArtifacts.includes(type))
    return ignored(`a result for ${quote(type)}, not for a container image`);
  return resultsOf(body);
};

const resultsOf = (body: Readonly<Record<string, unknown>>): Reading<readonly TestResult[]> => {
  const parsed = read(ResultsDbResult, body);
  if (parsed.verdict !== 'understood') return parsed;
  const { id, testcase, outcome, submit_time, ref_url, data } = parsed.as;
  const about = aboutImage(data);
  if (about.verdict !== 'understood') return about;
  const { arches, ...image } = about.as;
  const report = `resultsdb:${id}`;
  const submittedAt = instantOf(submit_time);
  const url = webAddress(ref_url);
  return understood(
    arches.map((arch) => ({
      testCase: testcase.name,
      outcome,
      ...image,
      run: runOf(data, ref_url) ?? report,
      report,
      ...(arch === undefined ? {} : { arch }),
      ...(submittedAt === undefined ? {} : { submittedAt }),
      ...(url === undefined ? {} : { url }),
    })),
  );
};

const readTaskotron = (body: Readonly<Record<string, unknown>>): Reading<never> => {
  const parsed = read(TaskotronResult, body);
  return parsed.verdict === 'understood'
    ? ignored(`a result for ${quote(parsed.as.task.type)} in Taskotron's form, which had no container images`)
    : parsed;
};
