/** Causes that could not be seen to when they came are nominated once more, each as it was told at first. */
import { sql } from 'kysely';
import { ModuleLabel } from '../../../schemas/content.ts';
import type { DistroReleaseName } from '../../../schemas/ids.ts';
import type { Severity } from '../../../schemas/nomination.ts';
import type { UpdateType } from '../../../schemas/update-type.ts';
import { grouped } from '../../planning/grouped.ts';
import { type Reason, withdrawnOf } from '../../planning/reason.ts';
import { worst } from '../../planning/severity.ts';
import type { Flow } from '../../runtime/consumer.ts';
import { withdrawnSoFar } from '../planning/withdrawals.ts';
import { ledByReleases } from './led-by.ts';
import { moduleNomination, nominate, nominateNames, nominateWithdrawn } from './nominate.ts';
import type { OpenCauses } from './open-causes.ts';

/** How a source or a build of a module was nominated. */
interface Told {
  readonly rebuild: number;
  readonly target: string;
  readonly kind: 'packages' | 'module';
  readonly severity: Severity;
  readonly updateType: UpdateType | null;
}

/**
 * One nomination of each kind for each distro release; of packages, for each type and severity of update.
 *
 * @param because - for the reference
 */
export const nominateAnew = async (
  now: Flow,
  open: readonly OpenCauses[],
  because: string,
): Promise<void> => {
  const flow = await ledByReleases(now, open);
  const told = grouped(await toldOf(flow, open), ({ rebuild, target }) => `${rebuild} ${target}`);
  const toldAs = (one: OpenCauses, target: string) => told.get(`${one.rebuild} ${target}`) ?? [];
  for (const [distroRelease, ofRelease] of grouped(open, (one) => one.distroRelease)) {
    const reference = referenceOf(ofRelease, because);
    await nominatePackages(flow, ofRelease, { distroRelease, reference, toldAs });
    await nominateWithdrawals(flow, ofRelease, { distroRelease, reference });
    await nominateModules(flow, ofRelease, { distroRelease, reference, toldAs });
    await nominateBases(flow, ofRelease, reference);
    await nominateImages(flow, ofRelease, { distroRelease, reference });
  }
};

interface Common {
  readonly distroRelease: DistroReleaseName;
  readonly reference: string;
}

interface WithTold extends Common {
  readonly toldAs: (one: OpenCauses, target: string) => readonly Told[];
}

/** What nobody told by its name is as severe as the rebuild that met it. */
const nominatePackages = async (
  flow: Flow,
  open: readonly OpenCauses[],
  { toldAs, ...common }: WithTold,
): Promise<void> => {
  const found = eachReason(open).flatMap(({ one, reason }) => {
    if (!('source' in reason) || reason.kind === 'withdrawn') return [];
    const { source: name, module } = reason;
    const as = toldAs(one, name);
    if (as.length > 0) return as.map(({ severity, updateType }) => ({ name, severity, updateType }));
    const comesWithModule = module !== undefined && toldAs(one, module).length > 0;
    return comesWithModule ? [] : [{ name, severity: one.severity, updateType: null }];
  });
  for (const alike of grouped(found, ({ severity, updateType }) => `${severity} ${updateType}`).values()) {
    const [first] = alike;
    if (first === undefined) continue;
    const { severity, updateType } = first;
    const as = { ...common, severity, ...(updateType === null ? {} : { updateType }) };
    await nominateNames(
      flow,
      as,
      alike.map(({ name }) => name),
    );
  }
};

/** Those that are withdrawn still. */
const nominateWithdrawals = async (
  flow: Flow,
  open: readonly OpenCauses[],
  common: Common,
): Promise<void> => {
  const withdrawn = withdrawnOf(open.flatMap(({ reasons }) => reasons));
  if (withdrawn.length === 0) return;
  const known = new Set((await withdrawnSoFar(flow, common.distroRelease)).map(nvrOf));
  const still = withdrawn.filter((build) => known.has(nvrOf(build)));
  await nominateWithdrawn(flow, { ...common, severity: 'none' }, still);
};

const nvrOf = ({ name, version, release }: { name: string; version: string; release: string }): string =>
  `${name}-${version}-${release}`;

const nominateModules = async (
  flow: Flow,
  open: readonly OpenCauses[],
  { toldAs, ...common }: WithTold,
): Promise<void> => {
  const found = eachReason(open).flatMap(({ one, reason }) => {
    const label = reason.kind === 'module' ? reason.to : 'module' in reason ? reason.module : undefined;
    if (label === undefined) return [];
    const severities = toldAs(one, label).map(({ severity }) => severity);
    return reason.kind === 'module' || severities.length > 0
      ? [{ label, severity: worst(['none', ...severities]) }]
      : [];
  });
  for (const [label, of] of sortedGroups(found, (each) => each.label)) {
    const severity = worst(of.map((each) => each.severity));
    await nominate(flow, { ...moduleNomination(ModuleLabel.parse(label)), ...common, severity });
  }
};

/** What they point to by now is for the planner to see. */
const nominateBases = async (flow: Flow, open: readonly OpenCauses[], reference: string): Promise<void> => {
  const [first, ...rest] = [
    ...new Set(
      eachReason(open).flatMap(({ reason }) => (reason.kind === 'base-moved' ? [reason.pullspec] : [])),
    ),
  ].sort();
  if (first === undefined) return;
  await nominate(flow, { kind: 'base', pullspecs: [first, ...rest], severity: 'none', reference });
};

const upon: readonly Reason['kind'][] = ['inherited', 'build-parent', 'parent-rebuilt', 'parent-newer'];
const ofSource: readonly Reason['kind'][] = ['source-changed', 'never-built'];

const nominateImages = async (flow: Flow, open: readonly OpenCauses[], given: Common): Promise<void> => {
  const common = { ...given, severity: worst(open.map(({ severity }) => severity)) };
  const having = (...kinds: readonly Reason['kind'][]) =>
    open.filter(({ reasons }) => reasons.some(({ kind }) => kinds.includes(kind)));
  const imagesOf = (some: readonly OpenCauses[]) => [...new Set(some.map(({ image }) => image))].sort();
  const followers = imagesOf(having(...upon));
  if (followers.length > 0) await nominate(flow, { kind: 'parents', ...common, images: followers });
  const changed = imagesOf(having(...ofSource));
  if (changed.length > 0) await nominate(flow, { kind: 'sources', ...common, images: changed });
  for (const [image, of] of sortedGroups(having('by-hand'), (one) => one.image)) {
    const arches = of.map(({ arch }) => arch);
    await nominate(flow, { kind: 'manual', ...common, images: [image], arches });
  }
};

const eachReason = (open: readonly OpenCauses[]) =>
  open.flatMap((one) => one.reasons.map((reason) => ({ one, reason })));

const sortedGroups = <T, Key extends string>(all: readonly T[], keyOf: (one: T) => Key) =>
  [...grouped(all, keyOf)].sort(([a], [b]) => (a < b ? -1 : 1));

const toldOf = async ({ tx }: Flow, open: readonly OpenCauses[]): Promise<readonly Told[]> => {
  const targets = new Set(
    eachReason(open).flatMap(({ reason }) => [
      ...('source' in reason ? [reason.source] : []),
      ...('module' in reason && reason.module !== undefined ? [reason.module] : []),
      ...(reason.kind === 'module' ? [reason.to] : []),
    ]),
  );
  if (targets.size === 0) return [];
  const { rows } = await sql<Told>`
    select distinct aimed.rebuild, aimed.target, nomination.kind, nomination.severity,
      nomination.body ->> 'updateType' as "updateType"
    from nomination_target as aimed join nomination on nomination.id = aimed.nomination
    where aimed.rebuild = any(${[...new Set(open.map(({ rebuild }) => rebuild))]}::bigint[])
      and aimed.target = any(${[...targets]}::text[]) and nomination.kind in ('packages', 'module')
    order by aimed.rebuild, aimed.target, nomination.severity, "updateType"`.execute(tx);
  return rows;
};

/** What was nominated at first, as far as it is known, and why it is once more. */
const referenceOf = (open: readonly OpenCauses[], because: string): string => {
  const first = new Set(
    eachReason(open).flatMap(({ reason }) => ('references' in reason ? reason.references : [])),
  );
  return [...[...first].sort().slice(0, 5), because].join(', ');
};
