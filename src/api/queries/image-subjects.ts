/** Subjects that are images of ours: what is known of them that a request need not say, or must not say otherwise. */
import { imageSubjectTypes, type WaiverRow, waiverOf } from '../../flows/releasing/waivers-of.ts';
import type { Subject, Waiver } from '../../gating/decision.ts';
import { instantOf } from '../../gating/instant.ts';
import { policiesOfImage } from '../../gating/policies-of-image.ts';
import type { Policy } from '../../gating/policy.ts';
import {
  addressesOf,
  noRemoteRules,
  type RemoteFile,
  type RemoteRuleFiles,
} from '../../gating/remote-rules.ts';
import type { KnownBuild } from './decision-facts.ts';

type Builds = ReadonlyMap<string, KnownBuild>;

export const buildOf = ({ type, identifier }: Subject, builds: Builds): KnownBuild | undefined =>
  imageSubjectTypes.includes(type) ? builds.get(identifier) : undefined;

/** The index that is not there yet: no result is for it. */
const noIndex = '';

/** With its arches, the time it was built, and its digests, which alone count. */
export const withBuild = (subject: Subject, builds: Builds): Subject => {
  const build = buildOf(subject, builds);
  if (build === undefined) return subject;
  const { nvr, index_digest, created_at } = build;
  return {
    ...subject,
    alsoKnownAs: [nvr, ...(index_digest === null ? [] : [index_digest])],
    builtAt: instantOf(created_at),
    requiredArches: [...new Set([...archesOf(build), ...(subject.requiredArches ?? [])])],
    image: {
      indexDigest: index_digest ?? noIndex,
      manifests: index_digest === null ? [] : build.entries,
    },
  };
};

const archesOf = ({ index_digest, entries, arches }: KnownBuild) =>
  index_digest === null ? arches : entries.map(({ arch }) => arch);

/** An image is waived by either name of its kind. */
export const waiversOfSubjects = (
  rows: readonly WaiverRow[],
  subjects: readonly Subject[],
  builds: Builds,
): readonly Waiver[] => {
  const waivers = rows.map(waiverOf);
  const ofImages = waivers.filter(({ subjectType }) => imageSubjectTypes.includes(subjectType));
  const types = new Set(subjects.filter((subject) => buildOf(subject, builds)).map(({ type }) => type));
  return [
    ...waivers,
    ...[...types].flatMap((type) =>
      ofImages
        .filter(({ subjectIdentifier }) => builds.has(subjectIdentifier))
        .map((waiver) => ({ ...waiver, subjectType: type })),
    ),
  ];
};

/** How the file of an image is called where a decision names it. */
const fileOfImage = 'gating.yaml of {subject_id}';

/**
 * The gating.yaml of each image of ours, as it was when that was built. Files anywhere else are not fetched: a rule that
 * leads there has failed, since what it asks is not known.
 */
export const remoteRulesFor = (
  policies: readonly Pick<Policy, 'rules'>[],
  subjects: readonly Subject[],
  builds: Builds,
): RemoteRuleFiles => {
  const templates = {
    ...noRemoteRules.templates,
    ...Object.fromEntries(imageSubjectTypes.map((type) => [type, [fileOfImage]])),
  };
  const known = { templates, builds: {}, files: {} };
  const files = new Map<string, RemoteFile>();
  const rules = policies.flatMap((policy) => policy.rules).filter(({ kind }) => kind === 'RemoteRule');
  for (const rule of rules)
    for (const subject of subjects)
      for (const address of addressesOf(subject, 'sources' in rule ? rule.sources : undefined, known)
        .addresses)
        files.set(address, {
          failure: 'flibs reads the gating.yaml of its own images, and fetches no other file',
        });
  for (const subject of subjects) {
    const build = buildOf(subject, builds);
    const [address] = addressesOf(subject, [fileOfImage], known).addresses;
    if (build === undefined || address === undefined) continue;
    if (build.gating.length === 0) files.delete(address);
    else files.set(address, { policies: policiesOfImage(build.gating, archesOf(build)) });
  }
  return { ...known, files: Object.fromEntries(files) };
};
