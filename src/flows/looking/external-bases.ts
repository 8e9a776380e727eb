/** External bases: asked for by definitions, messages and the clock; once per name, however many images are built on it. */
import { z } from 'zod';
import { type Arch, ContentId, type Digest, ManifestDigest } from '../../../schemas/ids.ts';
import { parseReference } from '../../../schemas/pullspec.ts';
import type { Flow } from '../../runtime/consumer.ts';
import type { ForeignImage } from '../contents/foreign-image.ts';
import { writeManifest } from '../contents/manifests.ts';
import { namedBases, pullspecsOf } from '../defining/named-bases.ts';
import { lockNamed } from '../lock.ts';
import { nominate } from '../nominating/nominate.ts';
import type { Settings } from '../settings.ts';

export const lookAtBaseJob = 'look-at-base';

export const BaseLook = z.object({ pullspec: z.string() });
export type BaseLook = z.infer<typeof BaseLook>;

/** What a look found. */
export type BaseFound =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'unreadable'; readonly error: string }
  | { readonly kind: 'changed'; readonly digest: Digest; readonly arches: ForeignImage['arches'] };

/** Seconds until an unreadable one is tried again. */
const retryAfter = 15;

const want = (flow: Flow, pullspec: string, due: Date): Promise<void> =>
  flow.job({ kind: lookAtBaseJob, key: pullspec, inputs: { pullspec }, due, again: true });

/** Wants a look now at these; without names at all that definitions name, or only at those never looked at. */
export const wantBaseLooks = async (
  flow: Flow,
  which: 'all' | 'new' | { readonly pullspecs: readonly string[] },
): Promise<void> => {
  const named = pullspecsOf(await namedBases(flow, typeof which === 'string' ? undefined : which.pullspecs));
  const known = which === 'new' ? await knownBases(flow) : new Set<string>();
  for (const pullspec of named) if (!known.has(pullspec)) await want(flow, pullspec, flow.now);
};

const knownBases = async ({ tx }: Pick<Flow, 'tx'>): Promise<ReadonlySet<string>> => {
  const rows = await tx.selectFrom('external_base').select('pullspec').execute();
  return new Set(rows.map(({ pullspec }) => pullspec));
};

/** Writes down what a look found, nominates what moved, and comes back later. */
export const baseLooked = async (
  flow: Flow,
  settings: Settings,
  { pullspec }: BaseLook,
  found: BaseFound,
): Promise<void> => {
  await lockNamed(flow, `base ${pullspec}`);
  if ((await namedBases(flow, [pullspec])).length === 0) {
    await flow.tx.deleteFrom('external_base').where('pullspec', '=', pullspec).execute();
    return;
  }
  const wasKnown = await writeState(flow, pullspec, found);
  if (found.kind === 'changed') {
    const moves = await writeArches(flow, pullspec, found);
    if (wasKnown && moves.length > 0) await nominateMoved(flow, pullspec, moves);
  }
  await comeBack(flow, settings, pullspec, found);
};

/** @returns whether it had been read before. */
const writeState = async (flow: Flow, pullspec: string, found: BaseFound): Promise<boolean> => {
  const before = await flow.tx
    .selectFrom('external_base')
    .select('digest')
    .where('pullspec', '=', pullspec)
    .executeTakeFirst();
  const error = found.kind === 'unreadable' ? found.error : null;
  const seen = found.kind === 'unreadable' ? {} : { checked_at: flow.now };
  const moved = found.kind === 'changed' ? { digest: found.digest, changed_at: flow.now } : {};
  const row = { ...seen, ...moved, error };
  await flow.tx
    .insertInto('external_base')
    .values({ pullspec, ...row })
    .onConflict((oc) => oc.column('pullspec').doUpdateSet(row))
    .execute();
  if (error !== null) flow.log.warn({ pullspec, error }, 'external base cannot be read');
  return before !== undefined && before.digest !== null;
};

interface Move {
  readonly arch: Arch;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** The contents of its arches, and which of them are other manifests than before. */
const writeArches = async (
  flow: Flow,
  pullspec: string,
  { arches }: Extract<BaseFound, { kind: 'changed' }>,
): Promise<readonly Move[]> => {
  const reference = parseReference(pullspec);
  const image = reference === undefined ? pullspec : `${reference.registry}/${reference.repository}`;
  for (const { outline, rpms } of arches) {
    const { manifestDigest: digest, arch, configDigest, chainIds } = outline;
    const contentId = ContentId.parse(configDigest);
    const chainId = chainIds.at(-1);
    await writeManifest(flow, {
      digest,
      parent: undefined,
      image,
      arch,
      contentId,
      contentList: undefined,
      chainId,
      rpms,
    });
  }
  const before = await flow.tx
    .selectFrom('external_base_arch')
    .select(['arch', 'manifest_digest'])
    .where('pullspec', '=', pullspec)
    .execute();
  await flow.tx.deleteFrom('external_base_arch').where('pullspec', '=', pullspec).execute();
  const now = arches.map(({ outline }) => ({
    pullspec,
    arch: outline.arch,
    manifest_digest: outline.manifestDigest,
  }));
  if (now.length > 0) await flow.tx.insertInto('external_base_arch').values(now).execute();
  const all = [...new Set([...before, ...now].map(({ arch }) => arch))].sort();
  return all.flatMap((arch) => {
    const from = before.find((each) => each.arch === arch)?.manifest_digest;
    const to = now.find((each) => each.arch === arch)?.manifest_digest;
    return from === to ? [] : [{ arch, from, to }];
  });
};

const nominateMoved = async (flow: Flow, pullspec: string, moves: readonly Move[]): Promise<void> => {
  const told = moves.map(({ arch, from, to }) => `${arch} ${from ?? 'none'} -> ${to ?? 'none'}`);
  const reference = `${pullspec}: ${told.join(', ')}`;
  await nominate(flow, { kind: 'base', pullspecs: [pullspec], severity: 'none', reference });
};

/** What is named by digest never moves. */
const comeBack = async (
  flow: Flow,
  settings: Settings,
  pullspec: string,
  found: BaseFound,
): Promise<void> => {
  const isPinned = parseReference(pullspec)?.digest !== undefined;
  if (isPinned && found.kind !== 'unreadable') return;
  const interval = settings.repositoryInterval;
  const wait = found.kind === 'unreadable' ? Math.min(interval, retryAfter) : interval;
  await want(flow, pullspec, new Date(flow.now.getTime() + wait * 1000));
};

/** The manifest that an arch build is made on, or why there is none. */
export const baseManifest = async (
  { tx }: Pick<Flow, 'tx'>,
  pullspec: string,
  arch: Arch,
): Promise<
  { readonly manifestDigest: ManifestDigest } | { readonly waiting: string } | { readonly impossible: string }
> => {
  const row = await tx
    .selectFrom('external_base')
    .leftJoin('external_base_arch', (join) =>
      join
        .onRef('external_base_arch.pullspec', '=', 'external_base.pullspec')
        .on('external_base_arch.arch', '=', arch),
    )
    .select(['external_base.digest', 'external_base.error', 'external_base_arch.manifest_digest'])
    .where('external_base.pullspec', '=', pullspec)
    .executeTakeFirst();
  if (row?.manifest_digest != null) return { manifestDigest: ManifestDigest.parse(row.manifest_digest) };
  if (row?.digest != null) return { impossible: `its base ${pullspec} has no image for ${arch}` };
  return {
    waiting: `its base ${pullspec} ${row?.error ? `cannot be read: ${row.error}` : 'was not read yet'}`,
  };
};
