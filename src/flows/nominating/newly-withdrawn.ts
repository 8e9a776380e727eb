/** A build that was under way when something was withdrawn may have come out with it. */
import { sql } from 'kysely';
import { DistroReleaseName } from '../../../schemas/ids.ts';
import { grouped } from '../../planning/grouped.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { contentsOf } from '../contents/content-of.ts';
import type { Build } from '../move.ts';
import { type Kept, withdrawnSoFar } from '../planning/withdrawals.ts';
import { nominateWithdrawn } from './nominate.ts';

/** Withdrawals of which a new baseline holds anything that the one before did not hold on the same arch. */
export const nominateNewlyWithdrawn = async (flow: Flow, build: Build): Promise<void> => {
  const withdrawn = await withdrawnSoFar(flow, build.distro_release);
  if (withdrawn.length === 0) return;
  const arches = await changedArches(flow, build);
  const sources = [...new Set(withdrawn.map(({ name }) => name))];
  const manifests = arches.flatMap(({ now, before }) => (before === null ? [now] : [now, before]));
  const contents = await contentsOf(flow.tx, manifests, sources);
  const holds = (manifest: string | null, one: Kept) =>
    manifest !== null && (contents.get(manifest) ?? []).some((rpm) => isOf(rpm, one));
  const come = withdrawn.filter((one) =>
    arches.some(({ now, before }) => holds(now, one) && !holds(before, one)),
  );
  const told = { distroRelease: DistroReleaseName.parse(build.distro_release), severity: 'none' as const };
  for (const [reference, of] of grouped(come, (one) => one.reference)) {
    const builds = of.map(({ name, version, release }) => ({ name, version, release }));
    await nominateWithdrawn(flow, { ...told, reference }, builds);
  }
};

const isOf = (
  rpm: { readonly sourceName: string; readonly sourceEvr: string },
  { name, version, release }: Kept,
) => rpm.sourceName === name && rpm.sourceEvr.replace(/^[0-9]+:/, '') === `${version}-${release}`;

/** Manifests of its index, beside what its baseline has for the same arch. */
const changedArches = async ({ tx }: Flow, { id, baseline }: Build) => {
  const { rows } = await sql<{ now: string; before: string | null }>`
    select entry.manifest_digest as now, former.manifest_digest as before
    from index_entry entry
    left join build as known on known.nvr = ${baseline}
    left join index_entry former on former.build = known.id and former.arch = entry.arch
    where entry.build = ${id} and entry.manifest_digest is distinct from former.manifest_digest
    order by entry.arch`.execute(tx);
  return rows;
};
