import type { Grants } from '../../common/context.js';
import { Problem } from '../../common/errors.js';

/**
 * Permissions in `wanted` that go beyond `held`, in the grant language: `contact:read`, or
 * `contact:update (all records)` where it is held for own records only.
 */
export function beyond(wanted: Grants, held: Grants): string[] {
  return [...wanted]
    .filter(([permission, reach]) => {
      const own = held.get(permission);
      return own === undefined || (own === 'own' && reach === 'all');
    })
    .map(([permission]) => (held.has(permission) ? `${permission} (all records)` : permission));
}

/**
 * Nobody hands out, takes away or acts on more than they may do themselves.
 * @throws Problem 403 that names what is missing.
 */
export function assertWithinOwn(wanted: Grants, held: Grants): void {
  const missing = beyond(wanted, held);
  if (missing.length === 0) return;
  const detail = `This takes permissions beyond your own: ${missing.join(', ')}.`;
  throw new Problem('forbidden', detail, { extra: { missingPermissions: missing } });
}
