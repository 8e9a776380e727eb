/** Advisories whose packages a release has and the one before had not. */
import { sql } from 'kysely';
import { byText } from '../../../schemas/by-text.ts';
import type { FixedAdvisory, RpmChange } from '../../../schemas/events/releasing.ts';
import type { Arch } from '../../../schemas/ids.ts';
import type { Severity } from '../../../schemas/nomination.ts';
import { evrCompare } from '../../rpm/evr.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { severityClass } from '../../scheduling/priority.ts';
import { distroReleasesInForce } from '../defining/in-force.ts';

interface Listed {
  readonly name: string;
  readonly rpm_arch: string;
  readonly epoch: number;
  readonly version: string;
  readonly release: string;
  readonly id: string;
  readonly type: string;
  readonly severity: Severity;
}

/** The worst first. An upgraded package fixes what lists a version above the former one, up to the present one. */
export const fixedAdvisories = async (
  flow: Pick<Flow, 'tx'>,
  distroRelease: string,
  changes: ReadonlyMap<Arch, readonly RpmChange[]>,
): Promise<readonly FixedAdvisory[]> => {
  const [release] = await distroReleasesInForce(flow, distroRelease);
  const repositories = (release?.repositories ?? []).map(({ id }) => id);
  const fixed = new Map<string, FixedAdvisory>();
  for (const [arch, all] of changes) {
    const upgraded = all.filter(({ kind }) => kind === 'upgraded');
    for (const advisory of await listing(flow, { distroRelease, repositories, arch }, upgraded)) {
      const { id, type, severity } = advisory;
      if (!upgraded.some((change) => isFixedBy(change, advisory))) continue;
      const arches = fixed.get(id)?.arches ?? [];
      fixed.set(id, { id, type, severity, arches: arches.includes(arch) ? arches : [...arches, arch] });
    }
  }
  return [...fixed.values()].sort(
    (a, b) => severityClass(a.severity) - severityClass(b.severity) || byText(a.id, b.id),
  );
};

interface Place {
  readonly distroRelease: string;
  readonly repositories: readonly string[];
  readonly arch: Arch;
}

const listing = async (
  { tx }: Pick<Flow, 'tx'>,
  { distroRelease, repositories, arch }: Place,
  upgraded: readonly RpmChange[],
): Promise<readonly Listed[]> => {
  if (upgraded.length === 0) return [];
  const { rows } = await sql<Listed>`
    select listed.name, listed.rpm_arch, listed.epoch, listed.version, listed.release,
      advisory.id, advisory.type, advisory.severity
    from advisory_rpm as listed
    join advisory on (advisory.distro_release, advisory.repository, advisory.arch, advisory.id)
      = (listed.distro_release, listed.repository, listed.arch, listed.advisory)
    where listed.distro_release = ${distroRelease} and listed.repository = any(${[...repositories]}::text[])
      and listed.arch = ${arch} and listed.name = any(${upgraded.map(({ name }) => name)}::text[])`.execute(
    tx,
  );
  return rows;
};

const isFixedBy = ({ name, arch, before, after }: RpmChange, listed: Listed): boolean =>
  before !== undefined &&
  after !== undefined &&
  listed.name === name &&
  listed.rpm_arch === arch &&
  evrCompare(listed, before) > 0 &&
  evrCompare(listed, after) <= 0;
