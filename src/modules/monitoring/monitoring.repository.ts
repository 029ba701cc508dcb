import { Injectable } from '@nestjs/common';
import { Database, SYSTEM } from '../../platform/database/database.js';

/** Rows of all imports that are kept, and imports under way. */
export interface ImportFigures {
  created: number;
  updated: number;
  unchanged: number;
  failed: number;
  running: number;
}

const IMPORTS_SQL = `
  select coalesce(sum(created), 0)::float8 as created, coalesce(sum(updated), 0)::float8 as updated,
    coalesce(sum(unchanged), 0)::float8 as unchanged, coalesce(sum(failed), 0)::float8 as failed,
    count(*) filter (where status in ('queued', 'running', 'reverting')) as running
  from imports`;

const SIZE_SQL = `
  select pg_database_size(current_database())::float8 as bytes,
    (select count(*) from pg_stat_activity where datname = current_database()) as connections`;

/** What the database knows of the work of all processes. */
@Injectable()
export class MonitoringRepository {
  constructor(private readonly database: Database) {}

  async imports(): Promise<ImportFigures> {
    const [figures] = await this.database.query<ImportFigures>(SYSTEM, IMPORTS_SQL);
    return figures as ImportFigures;
  }

  /** Bytes on the disk, and connections of all processes together. */
  async size(): Promise<{ bytes: number; connections: number }> {
    const [size] = await this.database.query<{ bytes: number; connections: number }>(
      SYSTEM,
      SIZE_SQL,
    );
    return size as { bytes: number; connections: number };
  }

  async ping(): Promise<void> {
    await this.database.query(SYSTEM, 'select 1');
  }

  /** Connections of this process. */
  pool(): ReturnType<Database['poolFigures']> {
    return this.database.poolFigures();
  }
}
