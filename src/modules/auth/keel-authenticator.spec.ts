import { beforeEach, describe, expect, test } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import type { RequestContext } from '../../common/context.js';
import { hashSecret } from '../../common/secrets.js';
import { ACCESS_TAG } from '../../platform/access/access-changes.js';
import type { CommitListener, Database } from '../../platform/database/database.js';
import type { AccessTokens } from './access-tokens.js';
import { AccessVersions } from './access-versions.js';
import { KeelAuthenticator } from './keel-authenticator.js';
import type { KeyPrincipal, PrincipalsRepository, UserPrincipal } from './principals.repository.js';

const SECRET = 's'.repeat(43);
const KEY = `keel_${'p'.repeat(12)}_${SECRET}`;

/** What the database says; `reads` counts how often it was asked who somebody is. */
class FakePrincipals {
  version = 0;
  reads = 0;
  checks = 0;
  uses = 0;
  isDown = false;
  roles = [{ name: 'viewer', builtIn: true, permissions: [] as string[] }];
  whileReading: () => void = () => undefined;

  findOfSession(workspaceId: string, sessionId: string): Promise<UserPrincipal | null> {
    return this.answer({ ...this.user(workspaceId), userId: `user of ${sessionId}` });
  }

  findOfKey(): Promise<KeyPrincipal | null> {
    return this.answer({
      ...this.user('w'),
      keyId: 'k',
      secretHash: hashSecret(SECRET),
      scopes: ['*'],
      expiresAt: null,
      lastUsedAt: null,
    });
  }

  async accessVersions(ids: string[]): Promise<Map<string, number>> {
    this.checks += 1;
    if (this.isDown) throw new Error('down');
    return new Map(ids.map((id) => [id, this.version]));
  }

  async keyUsed(): Promise<void> {
    this.uses += 1;
  }

  private user(workspaceId: string): UserPrincipal {
    const { roles, version: accessVersion } = this;
    return { workspaceId, userId: 'u', isPlatformAdmin: false, roles, accessVersion };
  }

  private async answer<T>(value: T): Promise<T> {
    this.reads += 1;
    this.whileReading();
    return value;
  }
}

let principals: FakePrincipals;
let authenticator: KeelAuthenticator;
let committed: CommitListener;
let life: number;

beforeEach(() => {
  principals = new FakePrincipals();
  life = 60_000;
  const database = { onCommit: (listener: CommitListener) => (committed = listener) };
  const tokens = {
    verify: async (token: string) => ({
      userId: `user of ${token}`,
      workspaceId: 'w',
      sessionId: token,
      expiresAt: Date.now() + life,
    }),
  };
  const repository = principals as unknown as PrincipalsRepository;
  const versions = new AccessVersions(database as unknown as Database, repository);
  authenticator = new KeelAuthenticator(tokens as AccessTokens, repository, versions);
});

const ask = (token: string, more: object = {}) =>
  authenticator.authenticate({
    headers: { authorization: `Bearer ${token}` },
    id: 'r',
    ip: '::1',
    ...more,
  } as FastifyRequest);

describe('a credential', () => {
  test('is verified once and then known without waiting', async () => {
    await ask('t');
    const known = ask('t', { id: 'second', ip: '::2' });
    expect(known).not.toBeInstanceOf(Promise);
    expect(known).toMatchObject({
      workspaceId: 'w',
      principal: { type: 'user', id: 'user of t', userId: 'user of t' },
      sessionId: 't',
      requestId: 'second',
      ip: '::2',
    });
    expect(principals.reads).toBe(1);
  });

  test('is verified once for a burst of requests', async () => {
    await Promise.all(Array.from({ length: 20 }, async () => ask(KEY)));
    expect(principals.reads).toBe(1);
  });

  test('is not known any longer than it is good', async () => {
    life = 30;
    await ask('t');
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(ask('t')).toBeInstanceOf(Promise);
  });

  test('is looked at anew after a change by this instance', async () => {
    await ask('t');
    principals.roles = [{ name: 'owner', builtIn: true, permissions: [] }];
    await committed('w', ['contacts']);
    expect(((await ask('t')) as RequestContext).grants.has('user:manage')).toBe(false);
    await committed('w', [ACCESS_TAG]);
    expect(((await ask('t')) as RequestContext).grants.has('user:manage')).toBe(true);
  });

  test('is not remembered as it was read before a change', async () => {
    principals.whileReading = () => void committed('w', [ACCESS_TAG]);
    await ask('t');
    principals.whileReading = () => undefined;
    await ask('t');
    expect(principals.reads).toBe(2);
  });

  test('is looked at anew within a second of a change by another instance', async () => {
    await ask('t');
    principals.version = 1;
    principals.roles = [{ name: 'owner', builtIn: true, permissions: [] }];
    const start = performance.now();
    let context = (await ask('t')) as RequestContext;
    while (!context.grants.has('user:manage') && performance.now() - start < 2000) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      context = (await ask('t')) as RequestContext;
    }
    expect(performance.now() - start).toBeLessThan(1000);
  });

  test('is trusted after an idle time only once the database was asked', async () => {
    await ask('t');
    const { checks } = principals;
    await new Promise((resolve) => setTimeout(resolve, 950));
    expect(ask('t')).toBeInstanceOf(Promise);
    expect(principals.checks).toBe(checks + 1);
    principals.isDown = true;
    await new Promise((resolve) => setTimeout(resolve, 950));
    await expect(ask('t')).rejects.toThrow('down');
  });
});

describe('wrong credentials', () => {
  const wrong = (index: number, ip: string) =>
    (async () => ask(`keel_${'p'.repeat(12)}_${String(index).padStart(43, '0')}`, { ip }))();

  test('are looked up only so often for one address; who is known is not in their way', async () => {
    await ask('t');
    for (let index = 0; index < 300; index += 1) {
      await expect(wrong(index, '::7')).rejects.toMatchObject({ status: 401 });
    }
    const { reads } = principals;
    await expect(wrong(300, '::7')).rejects.toMatchObject({ status: 429 });
    expect(principals.reads).toBe(reads);
    await expect(wrong(300, '::8')).rejects.toMatchObject({ status: 401 });
    expect((await ask('t', { ip: '::7' }))?.principal.id).toBe('user of t');
  });
});

describe('the key of what callers see', () => {
  const keyOf = async (token: string) => ((await ask(token)) as RequestContext).accessKey;

  test('is shared by those who may do the same everywhere', async () => {
    expect(await keyOf('one')).toBe(await keyOf('two'));
  });

  test('is one’s own where the reach is', async () => {
    principals.roles = [{ name: 'x', builtIn: false, permissions: ['contact:read:own'] }];
    expect(await keyOf('one')).not.toBe(await keyOf('two'));
  });
});

describe('an Authorization header', () => {
  test('may be missing', () => {
    expect(authenticator.authenticate({ headers: {} } as FastifyRequest)).toBeNull();
  });

  test.each(['', 'Basic YTpi', 'Bearer', 'Bearer a b', 'Bearer ä'])(
    'is refused as %j',
    (header) => {
      const request = { headers: { authorization: header } } as FastifyRequest;
      expect(() => authenticator.authenticate(request)).toThrow(
        expect.objectContaining({ status: 401 }),
      );
    },
  );
});

test('the use of a key is noted once a minute', async () => {
  for (let count = 0; count < 5; count += 1) await ask(KEY);
  expect(principals.uses).toBe(1);
});
