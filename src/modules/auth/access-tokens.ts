import { Injectable } from '@nestjs/common';
import { errors, jwtVerify, SignJWT } from 'jose';
import { Problem } from '../../common/errors.js';
import { ALGORITHM, SigningKeys } from './signing-keys.js';

/** Seconds an access token is good for. */
export const ACCESS_TOKEN_LIFE = 900;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What an access token says. */
export interface AccessClaims {
  userId: string;
  workspaceId: string;
  sessionId: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** Signs and verifies access tokens: JWTs with the claims sub, ws, sid, iat and exp. */
@Injectable()
export class AccessTokens {
  constructor(private readonly keys: SigningKeys) {}

  async sign(claims: Omit<AccessClaims, 'expiresAt'>): Promise<string> {
    const { kid, key } = await this.keys.signer();
    return new SignJWT({ ws: claims.workspaceId, sid: claims.sessionId })
      .setProtectedHeader({ alg: ALGORITHM, kid, typ: 'at+jwt' })
      .setSubject(claims.userId)
      .setIssuedAt()
      .setExpirationTime(`${ACCESS_TOKEN_LIFE}s`)
      .sign(key);
  }

  /** @throws Problem 401 for a token that is not ours, was changed, or has expired. */
  async verify(token: string): Promise<AccessClaims> {
    const { payload } = await jwtVerify(
      token,
      async ({ kid }) => {
        const key = kid !== undefined && UUID.test(kid) ? await this.keys.verifier(kid) : undefined;
        if (!key) throw new errors.JWKSNoMatchingKey();
        return key;
      },
      { algorithms: [ALGORITHM], typ: 'at+jwt', requiredClaims: ['sub', 'ws', 'sid', 'exp'] },
    ).catch((error: unknown) => {
      throw refusal(error);
    });
    return {
      userId: payload.sub as string,
      workspaceId: payload['ws'] as string,
      sessionId: payload['sid'] as string,
      expiresAt: (payload.exp as number) * 1000,
    };
  }
}

function refusal(error: unknown): unknown {
  if (error instanceof errors.JWTExpired) return invalidCredential('The access token has expired.');
  return error instanceof errors.JOSEError
    ? invalidCredential('The access token is not one of ours.')
    : error;
}

/** 401 in the words of RFC 6750. */
export function invalidCredential(detail: string): Problem {
  return new Problem('unauthorized', detail, {
    headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  });
}
