import { Injectable } from '@nestjs/common';
import { setTimeout } from 'node:timers/promises';
import { exportJWK, generateKeyPair, importJWK } from 'jose';
import type { CryptoKey } from 'jose';
import type { Statement } from '../../platform/database/pipeline.js';
import { SigningKeysRepository } from './signing-keys.repository.js';
import type { NewKey, StoredKey } from './signing-keys.repository.js';

/** Verifies a token in 140 µs here, EdDSA in 170; each token is verified once per instance. */
export const ALGORITHM = 'ES256';

/** After which an instance looks whether another one has rotated the keys. */
const SIGNER_LIFE = 60_000;
/** Between two look-ups caused by unknown key ids, which anybody can make up. */
const LOOKUP_PAUSE = 1_000;

interface Key {
  kid: string;
  publicKey: CryptoKey;
  privateKey: CryptoKey | null;
}

/** The keys that sign access tokens: made on first use, kept in the database, replaceable. */
@Injectable()
export class SigningKeys {
  private keys = new Map<string, Key>();
  private signing: Key | null = null;
  private loadedAt = -Infinity;
  private loading: Promise<void> | null = null;

  constructor(private readonly repository: SigningKeysRepository) {}

  /** The key to sign with. */
  async signer(): Promise<{ kid: string; key: CryptoKey }> {
    if (!this.signing || performance.now() - this.loadedAt > SIGNER_LIFE) await this.load();
    if (!this.signing) await this.use(await this.repository.ensure(await newKey()));
    const { kid, privateKey } = this.signing as unknown as Key;
    return { kid, key: privateKey as CryptoKey };
  }

  /** The public key with this id, or undefined; an id not seen yet is looked up. */
  async verifier(kid: string): Promise<CryptoKey | undefined> {
    // A look-up under way may have begun before the key was made: it does not count.
    if (!this.keys.has(kid) && this.loading) await this.loading;
    if (!this.keys.has(kid)) await this.load();
    return this.keys.get(kid)?.publicKey;
  }

  /**
   * Begins to sign with a new key. Tokens signed so far stay good until they expire.
   * @param also statements of the same transaction.
   * @returns the new key's id.
   */
  async rotate(also: Statement[]): Promise<string> {
    await this.use(await this.repository.replace(await newKey(), also));
    return (this.signing as unknown as Key).kid;
  }

  /** Reads the keys, at most once a second however many ask. */
  private load(): Promise<void> {
    this.loading ??= (async () => {
      try {
        await setTimeout(Math.max(0, this.loadedAt + LOOKUP_PAUSE - performance.now()));
        await this.use(await this.repository.findUsable());
      } finally {
        this.loading = null;
      }
    })();
    return this.loading;
  }

  private async use(stored: StoredKey[]): Promise<void> {
    const keys = await Promise.all(stored.map(imported));
    this.keys = new Map(keys.map((key) => [key.kid, key]));
    this.signing = keys.find(({ privateKey }) => privateKey !== null) ?? null;
    this.loadedAt = performance.now();
  }
}

async function imported(stored: StoredKey): Promise<Key> {
  const { kid, algorithm, publicJwk, privateJwk, isRetired } = stored;
  return {
    kid,
    publicKey: (await importJWK(publicJwk, algorithm)) as CryptoKey,
    privateKey: isRetired ? null : ((await importJWK(privateJwk, algorithm)) as CryptoKey),
  };
}

async function newKey(): Promise<NewKey> {
  const { publicKey, privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return {
    algorithm: ALGORITHM,
    publicJwk: await exportJWK(publicKey),
    privateJwk: await exportJWK(privateKey),
  };
}
