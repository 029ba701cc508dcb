import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';

/**
 * The session a person signed in with.
 * @throws Problem 403 for an API key: a program does not act on the person's account.
 */
export function assertSession(ctx: RequestContext): string {
  if (ctx.sessionId !== undefined) return ctx.sessionId;
  throw new Problem('forbidden', 'This takes an access token; you sent an API key.');
}
