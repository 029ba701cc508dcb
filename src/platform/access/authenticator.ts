import type { FastifyRequest } from 'fastify';
import type { RequestContext } from '../../common/context.js';

/**
 * Tells who sends a request. One implementation per server: `modules/auth`.
 * `authenticate` answers synchronously for a credential it has verified before.
 */
export abstract class Authenticator {
  /**
   * @returns the caller, or null when the request carries no credential.
   * @throws Problem `unauthorized` for a credential that is wrong, expired or revoked.
   */
  abstract authenticate(
    request: FastifyRequest,
  ): RequestContext | null | Promise<RequestContext | null>;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller; set for every route that is not public. */
    keel?: RequestContext;
  }
}
