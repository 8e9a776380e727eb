/** Decisions and policies as Greenwave tells them. */
import { z } from 'zod';
import { DecisionState } from '../../../schemas/events/releasing.ts';
import type { Policy, ResultQuery, Rule, SubjectType } from '../../gating/policy.ts';

const Json = z.record(z.string(), z.unknown());

export const Decision = z.object({
  policies_satisfied: z.boolean(),
  summary: z.string(),
  satisfied_requirements: z.array(Json),
  unsatisfied_requirements: z.array(Json).describe('Each with its `state`, beyond Greenwave.'),
  applicable_policies: z.array(z.string()).optional().describe('Not for rules on demand.'),
  results: z.array(z.unknown()).optional().describe('Of a verbose request, as ResultsDB has them.'),
  waivers: z.array(z.unknown()).optional().describe('Of a verbose request, as WaiverDB has them.'),
  state: DecisionState.describe('Beyond Greenwave: `waiting` while nothing has failed.'),
});

export const PolicyList = z.object({ policies: z.array(Json) });
export const SubjectTypeList = z.object({ subject_types: z.array(Json) });

type JsonObject = Readonly<Record<string, unknown>>;

export const policyJson = (policy: Policy): Record<string, unknown> => ({
  id: policy.id ?? null,
  product_versions: policy.productVersions,
  decision_contexts: policy.decisionContexts,
  subject_types: policy.subjectTypes,
  packages: policy.packages,
  excluded_packages: policy.excludedPackages,
  relevance_key: policy.relevanceKey ?? null,
  relevance_value: policy.relevanceValue ?? null,
  rules: policy.rules.map(ruleJson),
});

const ruleJson = (rule: Rule): JsonObject =>
  rule.kind === 'RemoteRule'
    ? { rule: rule.kind, sources: rule.sources ?? null, required: rule.required }
    : {
        rule: rule.kind,
        test_case_name: rule.testCase,
        scenario: rule.scenario ?? null,
        valid_since: rule.validSince ?? null,
        valid_until: rule.validUntil ?? null,
        // Beyond Greenwave.
        ...(rule.arches && { arches: rule.arches }),
        ...(rule.alarmAfter !== undefined && { alarm_after: `${rule.alarmAfter}s` }),
      };

export const subjectTypeJson = (type: SubjectType): Record<string, unknown> => ({
  id: type.id,
  aliases: type.aliases,
  item_key: type.itemKey ?? null,
  is_nvr: type.isNvr,
  ignore_missing_policy: type.ignoreMissingPolicy,
  item_dict: type.itemDict ? queryJson(type.itemDict) : {},
  result_queries: (type.resultQueries ?? []).map(queryJson),
});

const queryJson = ({ itemKey, keys }: ResultQuery): JsonObject => ({
  ...(itemKey !== undefined && { item_key: itemKey }),
  keys,
});
