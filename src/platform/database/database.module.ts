import { Global, Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown } from '@nestjs/common';
import { MikroORM } from '@mikro-orm/postgresql';
import { Config } from '../../config/config.js';
import { Database } from './database.js';
import { openOrm } from './orm.js';

/** Opens the connection pool of the process. */
export async function openDatabase(config: Config, applicationName: string): Promise<Database> {
  const orm = await openOrm({
    url: config.databaseUrl ?? '',
    poolSize: config.databasePoolSize,
    statementTimeout: config.statementTimeout,
    applicationName,
  });
  const pool = await orm.em.getConnection().getNativeClient();
  return new Database(orm, pool, config.statementTimeout);
}

@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(private readonly database: Database) {}

  static register(applicationName: string): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [
        {
          provide: Database,
          useFactory: (config: Config) => openDatabase(config, applicationName),
          inject: [Config],
        },
        { provide: MikroORM, useFactory: (database: Database) => database.orm, inject: [Database] },
      ],
      exports: [Database, MikroORM],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.database.close();
  }
}
