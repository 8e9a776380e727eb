/** Which builds of ours a result is about. */
import type { Arch } from '../../../schemas/ids.ts';
import type { Flow } from '../../runtime/consumer.ts';
import type { Build } from '../move.ts';

/** What a result says that was tested. */
export interface Tested {
  readonly digest?: string | undefined;
  readonly nvr?: string | undefined;
}

/** A build, and what of it was tested. */
export interface TestedBuild {
  readonly build: Build;
  /** Of its index, or of one arch's manifest. */
  readonly digest: string;
  /** Of the manifest. */
  readonly arch?: Arch;
}

/** States in which a result for one arch's manifest may still decide something. */
const undecided: readonly Build['state'][] = ['candidate', 'testing', 'held', 'rejected'];

/** By index digest, else by an arch's manifest digest, which several builds may carry. */
export const buildsWithDigest = async (flow: Flow, digest: string): Promise<TestedBuild[]> => {
  const byIndex = await flow.tx
    .selectFrom('build')
    .selectAll()
    .where('index_digest', '=', digest)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (byIndex !== undefined) return [{ build: byIndex, digest }];
  const byManifest = await flow.tx
    .selectFrom('index_entry')
    .innerJoin('build', 'build.id', 'index_entry.build')
    .selectAll('build')
    .select('index_entry.arch')
    .where('index_entry.manifest_digest', '=', digest)
    .where('build.index_digest', 'is not', null)
    .where('build.state', 'in', undecided)
    .orderBy('build.id')
    .execute();
  return byManifest.map(({ arch, ...build }) => ({ build, digest, arch }));
};

/**
 * By digest where there is one, which must then be ours; else by NVR. An NVR is used once, so it has one index: whoever
 * is known to have tested it has tested that.
 */
export const buildsNamed = async (flow: Flow, { digest, nvr }: Tested): Promise<TestedBuild[]> => {
  if (digest !== undefined) return buildsWithDigest(flow, digest);
  if (nvr === undefined) return [];
  const build = await flow.tx
    .selectFrom('build')
    .selectAll()
    .where('nvr', '=', nvr)
    .where('index_digest', 'is not', null)
    .executeTakeFirst();
  return build?.index_digest ? [{ build, digest: build.index_digest }] : [];
};
