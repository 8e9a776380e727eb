/** PostgreSQL for Kysely, with a commit that fails where nothing was committed. */
import {
  CompiledQuery,
  type DatabaseConnection,
  PostgresDialect,
  type PostgresDialectConfig,
  PostgresDriver,
} from 'kysely';

/**
 * PostgreSQL answers COMMIT with ROLLBACK, and no error, where a statement failed and the transaction went on. In such a
 * transaction any other statement fails; sent together with the commit, it costs no round trip.
 */
class CheckingDriver extends PostgresDriver {
  override async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('select; commit'));
  }
}

export class CheckingDialect extends PostgresDialect {
  readonly #config: PostgresDialectConfig;

  constructor(config: PostgresDialectConfig) {
    super(config);
    this.#config = config;
  }

  override createDriver(): PostgresDriver {
    return new CheckingDriver(this.#config);
  }
}
