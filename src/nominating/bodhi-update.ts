/** An update of Bodhi's, stable or withdrawn, as nominations of its source packages. */

import type { DistroReleaseName } from '../../schemas/ids.ts';
import type { Nomination, Severity } from '../../schemas/nomination.ts';
import type { UpdateType } from '../../schemas/update-type.ts';
import { BodhiUpdateComplete, BodhiUpdateTarget } from '../../schemas/upstream/bodhi.ts';
import { SourceBuild } from '../../schemas/upstream/names.ts';
import { parseNvr } from '../rpm/nevra.ts';
import { type Knowledge, releasesOf } from './knowledge.ts';
import {
  ignored,
  quote,
  type Reading,
  read,
  refused,
  type UpstreamMessage,
  understood,
  unwrap,
} from './reading.ts';

type Update = BodhiUpdateComplete['update'];

export const nominateBodhiUpdate = (
  message: UpstreamMessage,
  knowledge: Knowledge,
  kind: 'packages' | 'withdrawal',
): Reading<readonly Nomination[]> => {
  const body = unwrap(message.body);
  const target = read(BodhiUpdateTarget, body);
  if (target.verdict !== 'understood') return target;
  const { release, content_type: content } = target.as.update;
  if (!isRpm(content)) return notRpm(content);
  const releases = releasesOf(mention(release.name), knowledge);
  if (releases.verdict !== 'understood') return releases;
  const complete = read(BodhiUpdateComplete, body);
  return complete.verdict === 'understood' ? nominateIn(releases.as, complete.as.update, kind) : complete;
};

const nominateIn = (
  releases: readonly DistroReleaseName[],
  update: Update,
  kind: 'packages' | 'withdrawal',
): Reading<readonly Nomination[]> => {
  const other = update.builds.map((build) => build.type).find((type) => !isRpm(type));
  if (other !== undefined) return notRpm(other);
  const reference = update.alias ?? update.updateid;
  if (!reference) return refused('update.alias: missing, and update.updateid with it');
  const sources = sourcesOf(update);
  if (sources.verdict !== 'understood') return sources;
  return understood(
    releases.map((distroRelease): Nomination => {
      const common = { distroRelease, sources: [...sources.as], reference };
      // How urgent the update was says nothing of how urgent it is to be rid of it.
      return kind === 'withdrawal'
        ? { kind, ...common, severity: 'none' }
        : { kind, ...common, severity: severityOf(update), updateType: updateTypeOf(update) };
    }),
  );
};

/** Older bodies have no content type; then the builds may say it, and before there were modules nothing had to. */
const isRpm = (content: string | null | undefined): boolean => (content ?? 'rpm') === 'rpm';

const notRpm = (content: string | null | undefined): Reading<never> =>
  ignored(`an update of type ${quote(content ?? '')}: only RPM updates nominate packages`);

const mention = (name: string) => ({
  configured: (release: Knowledge['distroReleases'][number]) =>
    release.name === name || release.bodhiNames.includes(name),
  customary: name,
  what: `Bodhi's release ${quote(name)}`,
});

const sourcesOf = (update: Update): Reading<readonly SourceBuild[]> => {
  const sources: SourceBuild[] = [];
  for (const [index, build] of update.builds.entries()) {
    const at = ['update', 'builds', String(index), 'nvr'];
    const nvr = parseNvr(build.nvr);
    if (nvr === undefined) return refused(`${at.join('.')}: must be name-version-release`);
    const source = read(SourceBuild, nvr, at);
    if (source.verdict !== 'understood') return source;
    sources.push(source.as);
  }
  return understood(sources);
};

const severities: ReadonlyMap<string, Severity> = new Map([
  ['urgent', 'critical'],
  ['high', 'important'],
  ['medium', 'moderate'],
  ['low', 'low'],
]);

const updateTypes: readonly UpdateType[] = ['security', 'bugfix', 'enhancement', 'newpackage'];

const updateTypeOf = (update: Update): UpdateType =>
  updateTypes.find((type) => type === update.type) ?? 'unspecified';

/** Bodhi lets people rate every update; only a security update's rating makes it urgent for images. */
const severityOf = (update: Update): Severity =>
  update.type === 'security' ? (severities.get(update.severity ?? '') ?? 'none') : 'none';
