/** What is on offer in a distro release, of some sources. */
import { DistroReleaseName } from '../../../schemas/ids.ts';
import type { Offer } from '../../planning/plan-types.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { rpmOfRow } from '../contents/content-of.ts';

export const offersOf = async (
  read: Pick<Flow, 'tx'>,
  distroRelease: string,
  sources: readonly string[],
): Promise<Offer[]> => {
  if (sources.length === 0) return [];
  const rows = await read.tx
    .selectFrom('offer')
    .selectAll()
    .where('distro_release', '=', distroRelease)
    .where('source_name', 'in', [...new Set(sources)])
    .orderBy('arch')
    .orderBy('repository')
    .orderBy('name')
    .orderBy('epoch')
    .orderBy('version')
    .orderBy('release')
    .orderBy('rpm_arch')
    .orderBy('module')
    .execute();
  return rows.map((row) => ({
    distroRelease: DistroReleaseName.parse(row.distro_release),
    arch: row.arch,
    repository: row.repository,
    rpm: rpmOfRow({ ...row, arch: row.rpm_arch }),
  }));
};
