/** Whether the update is in: what was planned against what the rpmdb lists. Pure. */
import type { Proof } from '../../schemas/commands/run.ts';
import type { Rpm } from '../../schemas/content.ts';
import { evrCompare, formatEvr } from '../rpm/evr.ts';

/** One line for each proof that fails; none when all hold. A package that is gone needs no update. */
export const failedProofs = (rpms: readonly Rpm[], proofs: readonly Proof[]): readonly string[] =>
  proofs.flatMap((proof) => {
    const found = rpms.filter(({ name, arch }) => name === proof.name && arch === proof.arch);
    const { withdrawn } = proof;
    if (withdrawn && found.some((rpm) => evrCompare(rpm, withdrawn) === 0))
      return [
        `${proof.name}.${proof.arch} is ${formatEvr(withdrawn)}, which was withdrawn (source ${proof.source})`,
      ];
    if (found.every((rpm) => evrCompare(rpm, proof.atLeast) >= 0)) return [];
    const versions = found.map((rpm) => formatEvr(rpm)).join(', ');
    const offered = proof.repositories.length === 0 ? '' : ` from ${proof.repositories.join(', ')}`;
    return [
      `${proof.name}.${proof.arch} is ${versions}, wanted at least ${formatEvr(proof.atLeast)}${offered} (source ${proof.source})`,
    ];
  });
