import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { Database, SYSTEM } from '../database/database.js';

/** A key that signs links; the one with the greatest id signs, all of them verify. */
export interface LinkKey {
  id: number;
  /** 32 bytes. */
  secret: Buffer;
}

const SELECT = 'select id, secret from link_keys order by id';

/** Any number that only this lock uses. */
const LOCK = 'select pg_advisory_xact_lock(5203318)';

@Injectable()
export class LinkKeysRepository {
  constructor(private readonly database: Database) {}

  /** Every key, the oldest first; the first one is made here. */
  async ensure(): Promise<LinkKey[]> {
    const keys = await this.database.query<LinkKey>(SYSTEM, SELECT);
    if (keys.length > 0) return keys;
    return this.database.transaction(SYSTEM, async (tx) => {
      await tx.query(LOCK);
      // Another process may have been faster: its key stays the only one.
      await tx.query(
        'insert into link_keys (id, secret) select 1, $1 where not exists (select from link_keys)',
        [randomBytes(32)],
      );
      return tx.query<LinkKey>(SELECT);
    });
  }
}
