/** What the content of an arch build must show, and whether some content shows it. */
import type { Proof } from '../../schemas/commands/run.ts';
import type { Rpm } from '../../schemas/content.ts';
import { evrCompare } from '../rpm/evr.ts';
import type { Reason } from './reason.ts';

/** Of reasons that are about packages. */
export const proofsOf = (reasons: readonly Reason[]): readonly Proof[] =>
  together(
    reasons.flatMap((reason) => {
      if (!isOfPackage(reason)) return [];
      if (reason.kind === 'parent-newer' && reason.parentHas !== 'fix') return [];
      const { name, arch, to, source, repositories } = reason;
      const proof = { name, arch, atLeast: to, source, repositories };
      return [reason.kind === 'withdrawn' ? { ...proof, withdrawn: reason.from } : proof];
    }),
  );

const isOfPackage = (reason: Reason) =>
  reason.kind === 'package' ||
  reason.kind === 'parent-newer' ||
  reason.kind === 'base-package' ||
  reason.kind === 'withdrawn';

/** One for each package: the highest that is wanted, or what is wanted in place of that. */
export const together = (proofs: readonly Proof[]): readonly Proof[] => {
  const byPackage = new Map<string, Proof>();
  for (const proof of proofs) {
    const key = `${proof.name}.${proof.arch}`;
    const known = byPackage.get(key);
    if (!known || isStronger(proof, known)) byPackage.set(key, proof);
  }
  return [...byPackage.values()];
};

const isStronger = (proof: Proof, known: Proof): boolean => {
  if (proof.withdrawn && evrCompare(proof.withdrawn, known.atLeast) === 0) return true;
  if (known.withdrawn && evrCompare(known.withdrawn, proof.atLeast) === 0) return false;
  return evrCompare(known.atLeast, proof.atLeast) < 0;
};

/** Whether what is demanded already is at least what these reasons demand. */
export const coveredBy = (reasons: readonly Reason[], demanded: readonly Proof[]): boolean =>
  reasons.every((reason) => proofsOf([reason]).length > 0) &&
  proofsOf(reasons).every(
    (wanted) =>
      // What runs may have it in.
      wanted.withdrawn === undefined &&
      demanded.some(
        ({ name, arch, atLeast }) =>
          name === wanted.name && arch === wanted.arch && evrCompare(atLeast, wanted.atLeast) >= 0,
      ),
  );

/**
 * Whether a finished content has what the reasons ask for: each package is there as new as it was on offer, or is gone.
 * Reasons that are not about packages cannot be seen in a content.
 */
export const isIn = (rpms: readonly Rpm[], reasons: readonly Reason[]): boolean =>
  reasons.every((reason) => {
    if (!isOfPackage(reason)) return false;
    const found = rpms.filter(({ name, arch }) => name === reason.name && arch === reason.arch);
    if (reason.kind === 'withdrawn') return found.every((rpm) => evrCompare(rpm, reason.from) !== 0);
    return reason.kind === 'parent-newer' && reason.parentHas === 'no-such-package'
      ? found.length === 0
      : found.every((rpm) => evrCompare(rpm, reason.to) >= 0);
  });
