import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';

/** Whether somebody signed in acts on themselves; a program does not act on a person's profile. */
export const isSelf = (ctx: RequestContext, userId: string): boolean =>
  ctx.sessionId !== undefined && ctx.principal.userId === userId;

/**
 * People look after their own profile and absences; others' take `user:manage`.
 * @param beyondProfile what is asked for takes it even of oneself, such as a change of roles.
 * @throws Problem 403.
 */
export function assertSelfOrManager(
  ctx: RequestContext,
  userId: string,
  beyondProfile = false,
): void {
  if (ctx.grants.has('user:manage') || (isSelf(ctx, userId) && !beyondProfile)) return;
  throw new Problem('forbidden', 'You need the permission user:manage.');
}
