import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { PrincipalsRepository } from './principals.repository.js';

/** For answers that go on for long, such as streams: sign-in is looked at when they begin. */
@Injectable()
export class CredentialsService {
  constructor(private readonly principals: PrincipalsRepository) {}

  /** Those of the callers whose session or API key, and user, are in force still. */
  async stillInForce(callers: readonly RequestContext[]): Promise<RequestContext[]> {
    const ids = callers.map(credentialOf).filter((id) => id !== null);
    const inForce = await this.principals.inForce(ids);
    return callers.filter((caller) => {
      const id = credentialOf(caller);
      return id === null || inForce.has(id);
    });
  }
}

/** Id of the session or key; null for Keel itself. */
function credentialOf({ sessionId, principal }: RequestContext): string | null {
  if (sessionId !== undefined) return sessionId;
  return principal.type === 'apiKey' ? principal.id : null;
}
