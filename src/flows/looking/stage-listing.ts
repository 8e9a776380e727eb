/** Puts what a repository lists into the store while it is read, in batches, so that no listing is ever in memory whole. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { ModuleLabel, Rpm } from '../../../schemas/content.ts';
import type { Advisory } from '../../repos/advisories.ts';
import type { ModuleDefaults, ModuleDocument } from '../../repos/modules.ts';
import type { RepositoryListener } from '../../repos/read-repository.ts';
import type { Nevra } from '../../rpm/nevra.ts';
import type { Database } from '../../store/database.ts';

/** A listing that lies in the store, and the little of it that does not. It counts only once it is written down. */
export interface Staged {
  /** UUID. */
  readonly look: string;
  readonly modules: readonly ListedModule[];
  readonly defaults: readonly ModuleDefaults[];
  readonly hasAdvisories: boolean;
  /** What was passed over, in a few words each; the first of them. */
  readonly unusable: readonly string[];
}

export interface ListedModule {
  readonly label: ModuleLabel;
  readonly profiles: Readonly<Record<string, readonly string[]>>;
}

export interface Staging extends Omit<RepositoryListener, 'signal'> {
  finish(): Promise<Staged>;
}

export interface Place {
  /** `<distro release>/<repository>/<arch>`. */
  readonly place: string;
  readonly arch: string;
  /** UUID, of this look alone. */
  readonly look: string;
}

/** Rows in one statement. */
const batchSize = 1000;
const mostUnusable = 20;

/** Removes what an earlier look at the same place has left behind, and begins a listing. */
export const stageListing = async (db: Kysely<Database>, at: Place): Promise<Staging> => {
  await forgetStaged(db, at.place);
  const rpms = batched<Rpm>((rows) => insertRpms(db, at, rows));
  const moduleRpms = batched<readonly [string, Nevra]>((rows) => insertModuleRpms(db, at, rows));
  const advisories = batched<Advisory>((rows) => insertAdvisories(db, at, rows));
  const modules: ListedModule[] = [];
  const defaults: ModuleDefaults[] = [];
  const unusable: string[] = [];
  let hasAdvisories = false;
  const onModule = async (document: ModuleDocument): Promise<void> => {
    if (document.kind === 'defaults') defaults.push(document);
    else if (document.kind === 'unusable') unusable.push(document.reason);
    else if (document.arch === undefined || document.arch === at.arch) {
      const { label, profiles } = document;
      modules.push({ label, profiles });
      await moduleRpms.add(document.rpms.map((rpm) => [label, rpm] as const));
    }
  };
  return {
    onRpms: rpms.add,
    onModule,
    onAdvisories: (some) => {
      hasAdvisories ||= some.length > 0;
      return advisories.add(some);
    },
    finish: async () => {
      await rpms.flush();
      await moduleRpms.flush();
      await advisories.flush();
      return { look: at.look, modules, defaults, hasAdvisories, unusable: unusable.slice(0, mostUnusable) };
    },
  };
};

/** In one statement. */
export const forgetStaged = async (db: Kysely<Database>, place: string): Promise<void> => {
  await sql`
    with rpms as (delete from staged_rpm where place = ${place}),
      modules as (delete from staged_module_rpm where place = ${place}),
      advisories as (delete from staged_advisory where place = ${place})
    delete from staged_advisory_rpm where place = ${place}`.execute(db);
};

const batched = <Row>(insert: (rows: readonly Row[]) => Promise<unknown>) => {
  const waiting: Row[] = [];
  const flush = async (atLeast = 1): Promise<void> => {
    while (waiting.length >= atLeast) await insert(waiting.splice(0, batchSize));
  };
  return {
    add: (rows: readonly Row[]): Promise<void> => {
      for (const row of rows) waiting.push(row);
      return flush(batchSize);
    },
    flush: () => flush(),
  };
};

const texts = <Row>(rows: readonly Row[], pick: (row: Row) => string): RawBuilder<unknown> =>
  sql`${rows.map(pick)}::text[]`;

/** Name, epoch, version, release and arch, as columns to unnest. */
const nevras = <Row>(rows: readonly Row[], pick: (row: Row) => Nevra): RawBuilder<unknown> => sql`
  ${texts(rows, (row) => pick(row).name)}, ${rows.map((row) => pick(row).epoch)}::int[],
  ${texts(rows, (row) => pick(row).version)}, ${texts(rows, (row) => pick(row).release)},
  ${texts(rows, (row) => pick(row).arch)}`;

const insertRpms = (db: Kysely<Database>, { place, look }: Place, rows: readonly Rpm[]) =>
  sql`
    insert into staged_rpm
    select ${place}, ${look}::uuid, * from unnest(
      ${nevras(rows, (rpm) => rpm)}, ${texts(rows, (rpm) => rpm.sourceName)}, ${texts(rows, (rpm) => rpm.sourceEvr)}
    )`.execute(db);

const insertModuleRpms = (
  db: Kysely<Database>,
  { place, look }: Place,
  rows: readonly (readonly [string, Nevra])[],
) =>
  sql`
    insert into staged_module_rpm
    select ${place}, ${look}::uuid, * from unnest(${texts(rows, ([label]) => label)}, ${nevras(rows, ([, rpm]) => rpm)})
  `.execute(db);

const insertAdvisories = async (
  db: Kysely<Database>,
  { place, look }: Place,
  rows: readonly Advisory[],
): Promise<void> => {
  await sql`
    insert into staged_advisory
    select ${place}, ${look}::uuid, * from unnest(
      ${texts(rows, ({ id }) => id)}, ${texts(rows, ({ type }) => type)}, ${texts(rows, ({ severity }) => severity)},
      ${rows.map(({ issuedAt }) => issuedAt ?? null)}::timestamptz[]
    )`.execute(db);
  const brought = rows.flatMap(({ id, rpms }) => rpms.map((rpm) => ({ id, rpm })));
  if (brought.length === 0) return;
  await sql`
    insert into staged_advisory_rpm
    select ${place}, ${look}::uuid, * from unnest(
      ${texts(brought, ({ id }) => id)}, ${nevras(brought, ({ rpm }) => rpm)}
    )`.execute(db);
};
