/** A kind of subject, as Greenwave's files describe it. */
import { z } from 'zod';
import { absentIfEmpty, OneOrMany, type YamlDocument, yamlProblems } from '../images/yaml-text.ts';
import type { ResultQuery, SubjectType } from './policy.ts';
import { YamlBoolean } from './rule-yaml.ts';

const text = z.string().min(1).max(255);
const optional = <T extends z.ZodType>(schema: T) => absentIfEmpty(schema.optional());

const Query = z
  .strictObject({ item_key: optional(text), keys: optional(z.record(text, z.string())) })
  .transform(({ item_key, keys = {} }): ResultQuery => ({ ...(item_key && { itemKey: item_key }), keys }));

const Fields = z.strictObject({
  id: text,
  aliases: OneOrMany(text),
  item_key: optional(text),
  is_koji_build: optional(YamlBoolean),
  is_nvr: optional(YamlBoolean),
  ignore_missing_policy: optional(YamlBoolean),
  item_dict: optional(Query),
  result_queries: optional(z.array(Query)),
  // From these Greenwave guesses product versions of subjects; here each subject comes with its own.
  product_version: optional(text),
  product_version_match: z.unknown().optional(),
  product_version_from_koji_build_target: z.unknown().optional(),
});

export const readSubjectType = (document: YamlDocument, problems: string[]): SubjectType | undefined => {
  const parsed = Fields.safeParse(document.value);
  if (!parsed.success) {
    problems.push(...yamlProblems(document, parsed.error, { '': Object.keys(Fields.shape) }));
    return undefined;
  }
  const type = parsed.data;
  return {
    id: type.id,
    aliases: type.aliases ?? [],
    ...(type.item_key && { itemKey: type.item_key }),
    isNvr: type.is_nvr ?? type.is_koji_build ?? false,
    ignoreMissingPolicy: type.ignore_missing_policy ?? false,
    ...(type.item_dict && { itemDict: type.item_dict }),
    ...(type.result_queries && { resultQueries: type.result_queries }),
  };
};
