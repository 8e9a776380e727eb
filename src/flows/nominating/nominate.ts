/** A message named something that images may contain: written down, said, and left to the planner. */
import type { ModuleLabel } from '../../../schemas/content.ts';
import { ContentNominated } from '../../../schemas/events/planning.ts';
import type { Nomination } from '../../../schemas/nomination.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { insertNomination, type Target } from '../../store/nomination-rows.ts';
import { namedBases } from '../defining/named-bases.ts';

/** At most so many names in an event; the store holds them all. */
const inEvent = 200;

/** Stores a nomination with what it points at, per distro release, and says `content.nominated`. */
export const nominate = async (flow: Flow, nomination: Nomination): Promise<number> => {
  const targets = await targetsOf(flow, nomination);
  const { messageId, topic, causation } = flow.cause;
  const row = { nomination, messageId, topic, causation, at: flow.now };
  const id = await insertNomination(flow.tx, row, targets);
  await flow.say(ContentNominated, {
    schemaVersion: 1,
    aggregate: { kind: 'nomination', id: String(id), seq: 0 },
    nomination: id,
    nominationKind: nomination.kind,
    distroReleases: [...new Set(targets.map((target) => target.distroRelease))].slice(0, inEvent),
    sources: 'sources' in nomination ? names(nomination.sources.map((source) => source.name)) : [],
    images: 'images' in nomination ? names(nomination.images) : [],
    modules: nomination.kind === 'module' ? [nomination.name] : [],
    ...(nomination.kind === 'base' ? { bases: names(nomination.pullspecs) } : {}),
    severity: nomination.severity,
    reference: nomination.reference,
  });
  flow.log.info(
    { nomination: id, kind: nomination.kind, reference: nomination.reference },
    'content nominated',
  );
  return id;
};

/** What names a build of a module, `name:stream:version:context`. */
export const moduleNomination = (label: ModuleLabel) => {
  const [name = '', stream = '', version = '', context = ''] = label.split(':');
  return { kind: 'module' as const, name, stream, version, context };
};

/** Source packages by name alone: what is newer of them is for the repositories to say. None: nothing is nominated. */
export const nominateNames = async (
  flow: Flow,
  told: Omit<Extract<Nomination, { kind: 'packages' }>, 'kind' | 'sources'>,
  names: Iterable<string>,
): Promise<void> => {
  const sources = [...new Set(names)].sort().map((name) => ({ name, version: '', release: '' }));
  if (sources.length > 0) await nominate(flow, { kind: 'packages', ...told, sources });
};

/** Builds that were withdrawn. None: nothing is nominated. */
export const nominateWithdrawn = async (
  flow: Flow,
  told: Omit<Extract<Nomination, { kind: 'withdrawal' }>, 'kind' | 'sources'>,
  sources: Extract<Nomination, { kind: 'withdrawal' }>['sources'],
): Promise<void> => {
  if (sources.length > 0) await nominate(flow, { kind: 'withdrawal', ...told, sources: [...sources] });
};

const names = (all: readonly string[]): string[] => [...new Set(all)].slice(0, inEvent);

const targetsOf = async (flow: Flow, nomination: Nomination): Promise<Target[]> => {
  switch (nomination.kind) {
    case 'packages':
      return nomination.sources.map(({ name }) => ({
        distroRelease: nomination.distroRelease,
        target: name,
      }));
    case 'withdrawal':
      // Not the name: that a build of it is withdrawn says nothing of what else is on offer.
      return nomination.sources.map(({ name, version, release }) => ({
        distroRelease: nomination.distroRelease,
        target: `${name}-${version}-${release}`,
      }));
    case 'sources':
    case 'parents':
    case 'manual':
      return nomination.images.map((image) => ({ distroRelease: nomination.distroRelease, target: image }));
    case 'base':
      return releasesOn(flow, nomination.pullspecs);
    case 'module': {
      // A module build names no release: it counts where repositories list it.
      const releases = await flow.tx
        .selectFrom('distro_release')
        .select('name')
        .where('to_revision', 'is', null)
        .$if(nomination.distroRelease !== undefined, (query) =>
          query.where('name', '=', nomination.distroRelease ?? ''),
        )
        .execute();
      const target = `${nomination.name}:${nomination.stream}:${nomination.version}:${nomination.context}`;
      return releases.map(({ name }) => ({ distroRelease: name, target }));
    }
  }
};

/** Distro releases with an image that stands on one of these. */
const releasesOn = async (flow: Flow, pullspecs: readonly string[]): Promise<Target[]> => {
  const named = await namedBases(flow, pullspecs);
  const targets = named.map(({ distroRelease, pullspec }) => ({ distroRelease, target: pullspec }));
  return [
    ...new Map(targets.map((each) => [`${each.distroRelease} ${each.target}`, each] as const)).values(),
  ];
};
