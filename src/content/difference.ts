/** What differs between the contents of two manifests, for people and for the completion event. */
import { byText } from '../../schemas/by-text.ts';
import type { Evr, Rpm } from '../../schemas/content.ts';
import type { RpmChange } from '../../schemas/events/releasing.ts';
import { evrCompare } from '../rpm/evr.ts';
import { isContent } from './package-identity.ts';

/**
 * Changes from `before` to `after`, sorted by name and arch. A name.arch that is installed once in both is up- or
 * downgraded; one that is installed several times (kernels) has each version added or removed.
 */
export const differenceOf = (before: readonly Rpm[], after: readonly Rpm[]): readonly RpmChange[] => {
  const old = versionsByName(before);
  const now = versionsByName(after);
  const keys = [...new Set([...old.keys(), ...now.keys()])];
  return keys
    .flatMap((key) => changesOf(old.get(key) ?? [], now.get(key) ?? []))
    .sort(
      (a, b) =>
        byText(a.name, b.name) ||
        byText(a.arch, b.arch) ||
        byText(a.kind, b.kind) ||
        evrCompare(a.before ?? a.after ?? NONE, b.before ?? b.after ?? NONE),
    );
};

const NONE: Evr = { epoch: 0, version: '0', release: '0' };

const versionsByName = (rpms: readonly Rpm[]): ReadonlyMap<string, readonly Rpm[]> => {
  const byName = new Map<string, Rpm[]>();
  for (const rpm of rpms.filter(isContent)) {
    const key = `${rpm.name}\n${rpm.arch}`;
    const known = byName.get(key);
    if (known) known.push(rpm);
    else byName.set(key, [rpm]);
  }
  return byName;
};

const evrOf = ({ epoch, version, release }: Evr): Evr => ({ epoch, version, release });

const changesOf = (before: readonly Rpm[], after: readonly Rpm[]): readonly RpmChange[] => {
  const [old] = before;
  const [now] = after;
  if (old && now && before.length === 1 && after.length === 1) return changeOf(old, now);
  const only = (these: readonly Rpm[], those: readonly Rpm[]) =>
    these.filter((rpm) => !those.some((other) => evrCompare(rpm, other) === 0));
  return [
    ...only(before, after).map(({ name, arch, ...evr }) => ({
      name,
      arch,
      kind: 'removed' as const,
      before: evrOf(evr),
    })),
    ...only(after, before).map(({ name, arch, ...evr }) => ({
      name,
      arch,
      kind: 'added' as const,
      after: evrOf(evr),
    })),
  ];
};

const changeOf = (before: Rpm, after: Rpm): readonly RpmChange[] => {
  const order = evrCompare(before, after);
  if (order === 0) return [];
  const kind = order < 0 ? 'upgraded' : 'downgraded';
  return [{ name: after.name, arch: after.arch, kind, before: evrOf(before), after: evrOf(after) }];
};
