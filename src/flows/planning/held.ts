/** Arch builds that wait for an offer: what is known of them, and what is said. */
import { type RawBuilder, sql } from 'kysely';
import type { ArchBuildHeld } from '../../../schemas/events/building.ts';
import { HoldPolicy } from '../../../schemas/files/distro-release.ts';
import { ImageName, Nvr } from '../../../schemas/ids.ts';
import { type AwaitedReason, awaitedLines, deadlineOf } from '../../planning/judge-hold.ts';
import { type Reason, Reasons } from '../../planning/reason.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { flowOf } from '../begun.ts';
import { distroReleasesInForce } from '../defining/in-force.ts';
import type { ArchBuild, Build } from '../move.ts';

/** Rings when holds of a distro release are to be looked at: at the next deadline, or now. */
export const holdTimer = 'hold';

/** Has them looked at now. */
export const wakeHolds = (flow: Flow, distroRelease: string): Promise<void> =>
  flow.timer({ kind: holdTimer, key: distroRelease, due: flow.now });

/** One that is held, or is to be. */
export interface HeldBuild {
  readonly build: Build;
  readonly archBuild: ArchBuild;
}

export const reasonsOf = ({ reasons }: ArchBuild): readonly Reason[] => Reasons.parse(reasons);

export const isBestEffort = ({ build, archBuild }: HeldBuild): boolean =>
  build.definition.bestEffort?.includes(archBuild.arch) ?? false;

/** The usual one for a distro release that is configured no more. */
export const holdPolicyOf = async (read: Pick<Flow, 'tx'>, distroRelease: string): Promise<HoldPolicy> =>
  (await distroReleasesInForce(read, distroRelease))[0]?.hold ?? HoldPolicy.parse({});

/** Those that have not ended, with their builds. Locked: builds by id, then arch builds by id. */
export const lockThose = async (flow: Flow, which: RawBuilder<unknown>): Promise<readonly HeldBuild[]> => {
  const { rows } = await sql<{ id: number; build: number }>`
    select arch_build.id, arch_build.build from arch_build join build on build.id = arch_build.build
    where ${which} and arch_build.ended_at is null`.execute(flow.tx);
  if (rows.length === 0) return [];
  const anyOf = (of: readonly number[]) => sql<number>`any(${[...of]}::bigint[])`;
  const builds = await flow.tx
    .selectFrom('build')
    .selectAll()
    .where('id', '=', anyOf(rows.map(({ build }) => build)))
    .orderBy('id')
    .forUpdate()
    .execute();
  const archBuilds = await flow.tx
    .selectFrom('arch_build')
    .selectAll()
    .where('id', '=', anyOf(rows.map(({ id }) => id)))
    .where('ended_at', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute();
  const byId = new Map(builds.map((build) => [build.id, build]));
  return archBuilds.flatMap((archBuild) => {
    const build = byId.get(archBuild.build);
    return build === undefined ? [] : [{ build, archBuild }];
  });
};

/** In an event at most so many lines. */
const inEvent = 50;

/** In the name of what began the arch build. */
export const sayHold = async (
  flow: Flow,
  event: typeof ArchBuildHeld,
  { build, archBuild }: HeldBuild,
  { awaited, since, policy }: { awaited: readonly AwaitedReason[]; since: Date; policy: HoldPolicy },
): Promise<void> => {
  await flowOf(flow, archBuild).say(event, {
    schemaVersion: 1,
    aggregate: { kind: 'archbuild', id: String(archBuild.id), seq: archBuild.seq },
    nvr: Nvr.parse(build.nvr),
    image: ImageName.parse(archBuild.image),
    arch: archBuild.arch,
    awaits: awaitedLines(awaited).slice(0, inEvent),
    since: since.toISOString(),
    deadline: deadlineOf(since, policy).toISOString(),
  });
};
