/** A withdrawal that came before the repositories had caught up is nominated again once they have. */
import { DistroReleaseName } from '../../../schemas/ids.ts';
import { grouped } from '../../planning/grouped.ts';
import type { Flow } from '../../runtime/consumer.ts';
import type { Vanished } from '../planning/withdrawals.ts';
import { nominateWithdrawn } from './nominate.ts';

export const nominateVanished = async (flow: Flow, vanished: readonly Vanished[]): Promise<void> => {
  for (const of of grouped(vanished, (each) => `${each.distroRelease}\n${each.reference}`).values()) {
    const [first] = of;
    if (first === undefined) continue;
    const { reference } = first;
    const told = { distroRelease: DistroReleaseName.parse(first.distroRelease), reference };
    const sources = of.map(({ name, version, release }) => ({ name, version, release }));
    await nominateWithdrawn(flow, { ...told, severity: 'none' }, sources);
  }
};
