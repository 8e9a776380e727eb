/** The store as an inventory (docs/planning.md), written piece by piece. */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../store/database.ts';
import { rpmOfRow } from '../contents/content-of.ts';
import { distroReleasesInForce } from '../defining/in-force.ts';
import { readRules } from '../defining/rules.ts';
import { pausesInForce } from '../pausing/in-force.ts';
import { basesInForce } from './inventory-bases.ts';
import { imagesAfter, olderManifests } from './inventory-images.ts';
import { rpmFile } from './inventory-layers.ts';

/** How much is read, and held in memory, at once. */
const usual = { images: 200, offers: 5000 };

/**
 * The text of one JSON document, one image or part of a repository a line. Each piece is read in a transaction of its
 * own: what is released meanwhile may show in later images and not in earlier ones.
 */
export async function* exportInventory(
  db: Kysely<Database>,
  atOnce: typeof usual = usual,
): AsyncGenerator<string> {
  yield '{"schemaVersion":1,\n"images":[';
  yield* lines(imagesOf(db, atOnce.images));
  yield '],\n"bases":[';
  yield* lines(basesOf(db));
  yield '],\n"distroReleases":[';
  yield* lines(policiesOf(db));
  yield '],\n"rules":[';
  yield* lines(rulesOf(db));
  yield '],\n"pauses":[';
  yield* lines(pausesOf(db));
  yield '],\n"offers":[';
  yield* lines(offersOf(db, atOnce.offers));
  yield ']}\n';
}

async function* lines(parts: AsyncIterable<readonly unknown[]>): AsyncGenerator<string> {
  let before = '\n';
  for await (const part of parts) {
    let text = '';
    for (const one of part) {
      text += `${before}${JSON.stringify(one)}`;
      before = ',\n';
    }
    yield text;
  }
}

const reading = <T>(db: Kysely<Database>, read: (tx: Transaction<Database>) => Promise<T>): Promise<T> =>
  db.transaction().execute(read);

async function* imagesOf(db: Kysely<Database>, limit: number) {
  const older = await reading(db, olderManifests);
  for (let after = ''; ; ) {
    const place = { after, limit, older };
    const part = await reading(db, (tx) => imagesAfter(tx, place));
    yield part;
    const last = part.at(-1);
    if (!last || part.length < limit) return;
    after = last.name;
  }
}

/** Few: fleets stand on a handful of them. */
async function* basesOf(db: Kysely<Database>) {
  yield await reading(db, basesInForce);
}

async function* policiesOf(db: Kysely<Database>) {
  const releases = await reading(db, (tx) => distroReleasesInForce({ tx }));
  yield releases.map(({ name, hold }) => ({ name, hold }));
}

async function* rulesOf(db: Kysely<Database>) {
  yield await reading(db, (tx) => readRules({ tx }));
}

async function* pausesOf(db: Kysely<Database>) {
  const pauses = await reading(db, (tx) => pausesInForce({ tx }));
  yield pauses.map(({ id, ...pause }) => pause);
}

const offerKey = sql.raw('distro_release, repository, arch, name, epoch, version, release, rpm_arch, module');

async function* offersOf(db: Kysely<Database>, limit: number) {
  let last: OfferRow | undefined;
  do {
    const rows = await offersAfter(db, last, limit);
    yield byRepository(rows);
    last = rows.length < limit ? undefined : rows.at(-1);
  } while (last);
}

type OfferRow = Awaited<ReturnType<typeof offersAfter>>[number];

/** In the order of the primary key, so that each part is one walk over its index. */
const offersAfter = (db: Kysely<Database>, last: OfferKey | undefined, limit: number) =>
  db
    .selectFrom('offer')
    .selectAll()
    .$if(last !== undefined, (query) => query.where(sql<boolean>`(${offerKey}) > (${keyValues(last)})`))
    .orderBy(sql`${offerKey}`)
    .limit(limit)
    .execute();

interface OfferKey {
  readonly distro_release: string;
  readonly repository: string;
  readonly arch: string;
  readonly name: string;
  readonly epoch: number;
  readonly version: string;
  readonly release: string;
  readonly rpm_arch: string;
  readonly module: string;
}

const keyValues = (last: OfferKey | undefined) =>
  sql.join([
    last?.distro_release,
    last?.repository,
    last?.arch,
    last?.name,
    last?.epoch,
    last?.version,
    last?.release,
    last?.rpm_arch,
    last?.module,
  ]);

/** Rows of one repository and arch lie together. */
const byRepository = (rows: readonly OfferRow[]) => {
  const parts: { distroRelease: string; arch: string; repository: string; rpms: unknown[] }[] = [];
  for (const row of rows) {
    const { distro_release: distroRelease, arch, repository } = row;
    const at = parts.at(-1);
    const isSame = at?.distroRelease === distroRelease && at.arch === arch && at.repository === repository;
    const rpm = rpmFile(rpmOfRow({ ...row, arch: row.rpm_arch }));
    if (at && isSame) at.rpms.push(rpm);
    else parts.push({ distroRelease, arch, repository, rpms: [rpm] });
  }
  return parts;
};
