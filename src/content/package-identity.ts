/** When two entries of two contents are the same package. */
import { byText } from '../../schemas/by-text.ts';
import type { Rpm } from '../../schemas/content.ts';

/** Keys that were imported to check signatures show up in the rpmdb as packages; they are not content. */
export const isContent = (rpm: Pick<Rpm, 'name'>): boolean => rpm.name !== 'gpg-pubkey';

/** NEVRA and module label. A newline cannot be part of either. */
export const packageIdentity = (rpm: Rpm): string =>
  [rpm.name, rpm.epoch, rpm.version, rpm.release, rpm.arch, rpm.module ?? ''].join('\n');

/** Once each, without keys, in a fixed order. */
export const normalised = (rpms: readonly Rpm[]): readonly Rpm[] =>
  [...new Map(rpms.filter(isContent).map((rpm) => [packageIdentity(rpm), rpm]))]
    .sort(([a], [b]) => byText(a, b))
    .map(([, rpm]) => rpm);
