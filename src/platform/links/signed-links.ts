import { Injectable } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { Problem } from '../../common/errors.js';
import type { LinkKey } from './link-keys.repository.js';
import { LinkKeysRepository } from './link-keys.repository.js';
import { readToken, writeToken } from './link-token.js';
import type { LinkContent } from './link-token.js';

/** Between two look-ups caused by unknown key ids, which anybody can make up. */
const LOOKUP_PAUSE = 1000;

/**
 * Links that let whoever holds them do one thing without signing in, such as leaving a list. A
 * token says what it is for in the clear, so nothing secret belongs into it, and is signed for one
 * purpose: one to confirm an address cannot be used to unsubscribe it. Tokens stay good for good
 * unless they say when they expire; what ends earlier (a survey that was answered) is for the
 * caller to know.
 */
@Injectable()
export class SignedLinks {
  private keys: ReadonlyMap<number, LinkKey> = new Map();
  private loadedAt = -Infinity;
  private loading: Promise<void> | null = null;

  constructor(
    private readonly repository: LinkKeysRepository,
    private readonly config: Config,
  ) {}

  /**
   * A token of letters, digits, `-` and `_` for a path: 54 characters and 4 for each 3 of the
   * payload.
   * @param purpose what it is good for, such as `unsubscribe`; a verifier must name the same.
   * @param payload what it is about, as JSON: ids rather than words, for the address's length.
   */
  async sign(
    workspaceId: string,
    purpose: string,
    payload: unknown,
    { expiresAt = null }: { expiresAt?: Date | null } = {},
  ): Promise<string> {
    const signer = await this.signer(workspaceId);
    return signer(purpose, payload, expiresAt);
  }

  /** The same as {@link sign} for many links in a row, without waiting for each. */
  async signer(
    workspaceId: string,
  ): Promise<(purpose: string, payload: unknown, expiresAt?: Date | null) => string> {
    if (this.keys.size === 0) await this.load();
    const key = [...this.keys.values()].at(-1) as LinkKey;
    return (purpose, payload, expiresAt) =>
      writeToken(key, purpose, { workspaceId, payload, expiresAt: expiresAt?.getTime() ?? null });
  }

  /**
   * What a token says.
   * @throws Problem 404 for one that was made up or is for something else, 410 for an expired one.
   */
  async verify<T>(
    purpose: string,
    token: string,
    now = Date.now(),
  ): Promise<LinkContent & { payload: T }> {
    let content = readToken(this.keys, purpose, token);
    if (!content && performance.now() - this.loadedAt > LOOKUP_PAUSE) {
      await this.load();
      content = readToken(this.keys, purpose, token);
    }
    if (!content) throw new Problem('not-found', 'There is nothing at this address.');
    if (content.expiresAt !== null && content.expiresAt <= now) {
      throw new Problem('gone', 'This link has expired.');
    }
    return content as LinkContent & { payload: T };
  }

  /** The address of a path of this server, as people outside reach it (`PUBLIC_URL`). */
  url(path: string): string {
    const { publicUrl, host, port } = this.config;
    const base = publicUrl ?? `http://${host}:${port}`;
    return base.endsWith('/') ? base.slice(0, -1) + path : base + path;
  }

  private load(): Promise<void> {
    this.loading ??= (async () => {
      try {
        const keys = await this.repository.ensure();
        this.keys = new Map(keys.map((key) => [key.id, key]));
        this.loadedAt = performance.now();
      } finally {
        this.loading = null;
      }
    })();
    return this.loading;
  }
}
