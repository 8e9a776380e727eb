/** Why a build failed, by what is to be done about it. */
import type { FailureClass } from '../../schemas/events/building.ts';
import { ProgramFailed, ProgramKilled } from './run-program.ts';

/**
 * A build ended without an image.
 * - `infrastructure`: nothing wrong with the image; to be tried again.
 * - `source`: the definition, its parent or the repositories are wrong; the same again would fail again.
 * - `content`: built, but what was to be in it is not.
 */
export class BuildFailed extends Error {
  override readonly name = 'BuildFailed';
  readonly failureClass: FailureClass;
  constructor(failureClass: FailureClass, message: string, cause?: unknown) {
    super(message.length > maxMessage ? `${message.slice(0, maxMessage)}...` : message, { cause });
    this.failureClass = failureClass;
  }
}

/** Reports take 8192 characters. */
const maxMessage = 7000;

/** By name, because tests run in realms of their own. */
export const isBuildFailed = (error: unknown): error is BuildFailed =>
  typeof error === 'object' && error !== null && 'name' in error && error.name === 'BuildFailed';

/** What programs print when the fault is around us and not in the image. Lower case. */
const infrastructure = [
  'connection refused',
  'connection reset',
  'no route to host',
  'network is unreachable',
  'no such host',
  'i/o timeout',
  'tls handshake timeout',
  'unexpected eof',
  'service unavailable',
  'bad gateway',
  'gateway timeout',
  'internal server error',
  'toomanyrequests',
  'too many requests',
  'received unexpected http status: 5',
  'status code: 5',
  'failed to download metadata',
  'cannot download',
  'error downloading packages',
  'curl error',
  'all mirrors were tried',
  'cannot download repomd.xml',
];

/** What a Containerfile's own commands may well print: they have no network, and it is not to blame. */
const resources = [
  'no space left on device',
  'more space needed on the',
  'disk quota exceeded',
  'cannot allocate memory',
];

/** The class of a `buildah build` that failed: what a step printed says less than where it failed. */
export const classOfContainerfile = (output: string): FailureClass => {
  if (!/building at STEP/.test(output)) return classOfOutput(output);
  const text = output.toLowerCase();
  return resources.some((phrase) => text.includes(phrase)) ? 'infrastructure' : 'source';
};

/** The class of what a program printed before it failed; `source` unless it tells of the world around the image. */
export const classOfOutput = (output: string): FailureClass => {
  const text = output.toLowerCase();
  return [...resources, ...infrastructure].some((phrase) => text.includes(phrase))
    ? 'infrastructure'
    : 'source';
};

/** Any error of a step as a BuildFailed. `failed` classes a program's own failure, or says how its output does. */
export const asBuildFailed = (
  error: unknown,
  step: string,
  failed: FailureClass | ((output: string) => FailureClass) = classOfOutput,
): BuildFailed => {
  if (isBuildFailed(error)) return error;
  if (error instanceof ProgramFailed) {
    const output = lastLines(error.finished.tail);
    return new BuildFailed(typeof failed === 'string' ? failed : failed(output), `${step}: ${output}`, error);
  }
  if (error instanceof ProgramKilled) {
    return new BuildFailed(
      'infrastructure',
      `${step}: ${error.message}\n${lastLines(error.tail)}`.trim(),
      error,
    );
  }
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return new BuildFailed('infrastructure', `${step}: ${String(message)}`, error);
};

/** The end of an output is where the error is. */
const lastLines = (output: string): string => output.trim().slice(-4000);

/** Runs a step; whatever it throws becomes a BuildFailed that names the step. */
export const step = async <T>(
  name: string,
  work: () => Promise<T>,
  failed?: FailureClass | ((output: string) => FailureClass),
): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw asBuildFailed(error, name, failed);
  }
};
