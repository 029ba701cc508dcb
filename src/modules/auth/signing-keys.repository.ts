import { Injectable } from '@nestjs/common';
import { uuidv7 } from '../../common/uuid.js';
import type { JWK } from 'jose';
import { Database, SYSTEM } from '../../platform/database/database.js';
import type { Statement } from '../../platform/database/pipeline.js';
import type { Transaction } from '../../platform/database/transaction.js';

/** A key pair that signs access tokens. */
export interface StoredKey {
  kid: string;
  algorithm: string;
  publicJwk: JWK;
  privateJwk: JWK;
  isRetired: boolean;
}

export type NewKey = Omit<StoredKey, 'kid' | 'isRetired'>;

/**
 * How long a retired key verifies: the life of the last token signed with it, and the time that
 * other instances take to learn of its retirement.
 */
const GRACE = "interval '20 minutes'";

const SELECT = `
  select kid, algorithm, public_jwk as "publicJwk", private_jwk as "privateJwk",
    retired_at is not null as "isRetired"
  from signing_keys
  where retired_at is null or retired_at > now() - ${GRACE}
  order by created_at desc, kid desc`;

/** Any number that only this lock uses. */
const LOCK = 'select pg_advisory_xact_lock(5203312)';

@Injectable()
export class SigningKeysRepository {
  constructor(private readonly database: Database) {}

  /** Keys that verify tokens, the newest first. */
  findUsable(): Promise<StoredKey[]> {
    return this.database.query<StoredKey>(SYSTEM, SELECT);
  }

  /** Keeps the first key; when another process was faster, its key stays the only one. */
  async ensure(key: NewKey): Promise<StoredKey[]> {
    return this.database.transaction(SYSTEM, async (tx) => {
      await tx.query(LOCK);
      const found = await tx.query<StoredKey>(SELECT);
      if (found.some(({ isRetired }) => !isRetired)) return found;
      return insert(tx, key);
    });
  }

  /** Makes `key` the one that signs; the present one only verifies from now on. */
  async replace(key: NewKey, also: Statement[]): Promise<StoredKey[]> {
    return this.database.transaction(SYSTEM, async (tx) => {
      await tx.query(LOCK);
      await tx.query('update signing_keys set retired_at = now() where retired_at is null');
      await tx.run(also);
      return insert(tx, key);
    });
  }
}

async function insert(tx: Transaction, key: NewKey): Promise<StoredKey[]> {
  await tx.query(
    `insert into signing_keys (kid, algorithm, public_jwk, private_jwk) values ($1, $2, $3, $4)`,
    [uuidv7(), key.algorithm, JSON.stringify(key.publicJwk), JSON.stringify(key.privateJwk)],
  );
  return tx.query<StoredKey>(SELECT);
}
