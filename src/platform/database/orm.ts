import { MikroORM } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
import { entities } from './entities.js';
import { migrations } from './migrations/index.js';

export interface OrmOptions {
  url: string;
  poolSize: number;
  /** Milliseconds; 0 for none. */
  statementTimeout: number;
  applicationName: string;
}

/** Opens MikroORM, which owns the process's connection pool and the migrations. */
export function openOrm(options: OrmOptions): Promise<MikroORM> {
  return MikroORM.init({
    clientUrl: options.url,
    entities,
    discovery: { warnWhenNoEntities: false },
    extensions: [Migrator],
    migrations: { migrationsList: migrations, tableName: 'keel_migrations', snapshot: false },
    pool: { min: 0, max: options.poolSize, idleTimeoutMillis: 60_000 },
    driverOptions: {
      application_name: options.applicationName,
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
    },
    onCreateConnection: undefined,
    ensureDatabase: false,
    forceUtcTimezone: true,
    debug: false,
    // MikroORM prints warnings of its own; ours go through the process's logger.
    logger: () => undefined,
  });
}
