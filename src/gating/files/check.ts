/** `flibs gate check`: what Greenwave would answer, from files alone. */
import type { Instant } from '../../../schemas/instant.ts';
import { decide } from '../decide.ts';
import type { Decision, Refusal } from '../decision.ts';
import { readGreenwaveRequest } from '../greenwave-request.ts';
import { type GreenwaveResponse, greenwaveResponse } from '../greenwave-response.ts';
import type { PolicySet } from '../policy-yaml.ts';
import { type RemoteRulesFile, remoteRulesOf } from './remote-rules.ts';
import { type ResultsFile, resultsOf } from './results.ts';
import { type WaiversFile, waiversOf } from './waivers.ts';

export interface CheckedFiles {
  readonly policies: PolicySet;
  /** As the file has it. */
  readonly request: unknown;
  readonly results: ResultsFile;
  readonly waivers: WaiversFile;
  readonly remoteRules: RemoteRulesFile;
}

export interface Checked {
  readonly decision: Decision;
  readonly response: GreenwaveResponse;
}

/** Waivers expire by `now`, unless the request asks of another time. */
export const checkFiles = (files: CheckedFiles, now: Instant): Checked | Refusal => {
  const { policies, subjectTypes } = files.policies;
  const request = readGreenwaveRequest(files.request, subjectTypes);
  if ('status' in request) return request;
  const { subjects } = request;
  const decision = decide({
    policies,
    subjectTypes,
    request,
    results: resultsOf(files.results),
    waivers: waiversOf(files.waivers),
    remoteRules: remoteRulesOf(files.remoteRules, subjects, subjectTypes),
    now,
  });
  if ('status' in decision) return decision;
  const byId = <T extends { readonly id: number }>(entries: readonly T[]) =>
    new Map(entries.map((entry) => [entry.id, entry]));
  const response = greenwaveResponse(decision, {
    subjectTypes,
    onDemand: request.rules !== undefined,
    ...(request.verbose && { verbose: { results: byId(files.results), waivers: byId(files.waivers) } }),
  });
  return { decision, response };
};
