import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Grants, Principal, Reach, RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { secretMatches } from '../../common/secrets.js';
import { Authenticator } from '../../platform/access/authenticator.js';
import {
  intersectGrants,
  parseGrants,
  permissionsOfRole,
  PLATFORM_PERMISSIONS,
  scopeGrants,
} from '../../platform/access/permissions.js';
import { AccessTokens, invalidCredential } from './access-tokens.js';
import { AccessVersions } from './access-versions.js';
import { PrincipalsRepository } from './principals.repository.js';
import type { UserPrincipal } from './principals.repository.js';
import { RefusedCredentials } from './refused-credentials.js';

const API_KEY = /^keel_([0-9A-Za-z]{12})_([0-9A-Za-z]{43})$/;

/** Callers remembered at once; the one remembered longest makes room. */
const REMEMBERED = 10_000;
const MINUTE = 60_000;

/** A credential that has been verified, and who it stands for. */
interface Caller {
  context: Omit<RequestContext, 'requestId' | 'ip' | 'tx'>;
  accessVersion: number;
  /** On the clock of `performance.now()`, which is read once a request. */
  expiresAt: number;
  /** For API keys: when their use was last noted, on the same clock. */
  usedAt: number | null;
}

/**
 * Knows callers by bearer token: an access token or an API key. What has been verified is
 * remembered, so that a repeat costs a look-up; it is forgotten when the access of its workspace
 * changes (see {@link AccessVersions}).
 */
@Injectable()
export class KeelAuthenticator extends Authenticator {
  private readonly logger = new Logger('access');
  /** By the whole Authorization header: a look-up then needs no parsing. */
  private readonly callers = new Map<string, Caller>();
  private readonly refused = new RefusedCredentials();
  private readonly verifying = new Map<string, Promise<Caller>>();

  constructor(
    private readonly tokens: AccessTokens,
    private readonly principals: PrincipalsRepository,
    private readonly versions: AccessVersions,
  ) {
    super();
  }

  override authenticate(request: FastifyRequest): RequestContext | null | Promise<RequestContext> {
    const header = request.headers.authorization;
    if (header === undefined) return null;
    const now = performance.now();
    if (!this.versions.isTrusted(now)) {
      bearerOf(header); // nothing is asked for what cannot be a credential
      return this.checkFirst(request, header);
    }
    const caller = this.remembered(header, now);
    return caller ? this.contextFor(caller, request, now) : this.introduce(request, header);
  }

  private async checkFirst(request: FastifyRequest, header: string): Promise<RequestContext> {
    await this.versions.check();
    const now = performance.now();
    const caller = this.remembered(header, now);
    return caller ? this.contextFor(caller, request, now) : this.introduce(request, header);
  }

  private remembered(header: string, now: number): Caller | undefined {
    const caller = this.callers.get(header);
    if (!caller || caller.expiresAt <= now) return undefined;
    const { workspaceId } = caller.context;
    return this.versions.isCurrent(workspaceId, caller.accessVersion, now) ? caller : undefined;
  }

  private contextFor(caller: Caller, request: FastifyRequest, now: number): RequestContext {
    const { workspaceId, principal, grants, accessKey, sessionId } = caller.context;
    if (caller.usedAt !== null && now - caller.usedAt > MINUTE) this.noteUse(caller, now);
    const { id: requestId, ip } = request;
    return { workspaceId, principal, grants, accessKey, requestId, ip, sessionId };
  }

  private noteUse(caller: Caller, now: number): void {
    caller.usedAt = now;
    this.principals
      .keyUsed(caller.context.workspaceId, caller.context.principal.id)
      .catch((error: unknown) => {
        // The time is for people to look at; the next minute's request tries again.
        this.logger.warn(`The use of an API key was not noted: ${(error as Error).message}`);
      });
  }

  private introduce(request: FastifyRequest, header: string): Promise<RequestContext> {
    const credential = bearerOf(header);
    let verifying = this.verifying.get(credential);
    if (!verifying) {
      this.refused.assertAdmitted(request.ip);
      verifying = this.verify(credential, header)
        .catch((error: unknown) => {
          if (error instanceof Problem && error.status === 401) this.refused.count(request.ip);
          throw error;
        })
        .finally(() => this.verifying.delete(credential));
      this.verifying.set(credential, verifying);
    }
    return verifying.then((caller) => this.contextFor(caller, request, performance.now()));
  }

  private async verify(credential: string, header: string): Promise<Caller> {
    const mark = this.versions.mark();
    const caller = credential.startsWith('keel_')
      ? await this.ofKey(credential)
      : await this.ofToken(credential);
    if (this.versions.learn(caller.context.workspaceId, caller.accessVersion, mark)) {
      this.remember(header, caller);
    }
    return caller;
  }

  private remember(header: string, caller: Caller): void {
    if (this.callers.size >= REMEMBERED) {
      const [oldest = ''] = this.callers.keys();
      this.callers.delete(oldest);
    }
    this.callers.set(header, caller);
  }

  private async ofToken(token: string): Promise<Caller> {
    const claims = await this.tokens.verify(token);
    const user = await this.principals.findOfSession(claims.workspaceId, claims.sessionId);
    if (user?.userId !== claims.userId) throw invalidCredential('The session has ended.');
    const principal: Principal = { type: 'user', id: user.userId, userId: user.userId };
    return {
      context: { ...contextOf(user, principal, grantsOf(user)), sessionId: claims.sessionId },
      accessVersion: user.accessVersion,
      expiresAt: onOwnClock(claims.expiresAt),
      usedAt: null,
    };
  }

  private async ofKey(key: string): Promise<Caller> {
    const [, prefix, secret] = API_KEY.exec(key) ?? [];
    const found = prefix === undefined ? null : await this.principals.findOfKey(prefix);
    if (!found || !secretMatches(secret as string, found.secretHash)) {
      throw invalidCredential('The API key is wrong, expired or revoked.');
    }
    const principal: Principal = { type: 'apiKey', id: found.keyId, userId: found.userId };
    const grants = intersectGrants(scopeGrants(found.scopes), grantsOf(found));
    return {
      context: contextOf(found, principal, grants),
      accessVersion: found.accessVersion,
      expiresAt: found.expiresAt === null ? Infinity : onOwnClock(Date.parse(found.expiresAt)),
      usedAt: found.lastUsedAt === null ? -Infinity : onOwnClock(Date.parse(found.lastUsedAt)),
    };
  }
}

/** A time since 1970, in milliseconds, on the clock of `performance.now()`. */
const onOwnClock = (time: number): number => time - Date.now() + performance.now();

function bearerOf(header: string): string {
  const match = /^Bearer +([\w.~+/=-]+)$/i.exec(header);
  if (!match) throw invalidCredential('Authorization must be `Bearer <access token or API key>`.');
  return match[1] as string;
}

/** What the user's roles allow, and what platform administrators may do besides. */
function grantsOf(user: UserPrincipal): Map<string, Reach> {
  const grants = new Map<string, Reach>(parseGrants(user.roles.flatMap(permissionsOfRole)));
  if (user.isPlatformAdmin) {
    for (const permission of PLATFORM_PERMISSIONS) grants.set(permission, 'all');
  }
  return grants;
}

function contextOf(user: UserPrincipal, principal: Principal, grants: Grants): Caller['context'] {
  const list = [...grants].map(([permission, reach]) => `${permission}:${reach}`).sort();
  const ownsSome = [...grants.values()].includes('own');
  const seen = ownsSome ? [...list, user.userId] : list;
  const accessKey = createHash('sha256').update(seen.join()).digest('base64url').slice(0, 22);
  return { workspaceId: user.workspaceId, principal, grants, accessKey };
}
