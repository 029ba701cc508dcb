import type { ColumnValues } from './field-types.js';

/** A record as it is stored, by column. */
export interface RecordRow {
  id: string;
  version: number;
  ownerId: string | null;
  /** Of a new record that a file says was made at another time than now: RFC 3339, UTC. */
  createdAt?: string;
  values: ColumnValues;
  tags: string[];
  custom: Record<string, unknown>;
  externalIds: Record<string, string>;
  deletedAt: string | null;
  mergedInto: string | null;
}
