import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { RECORD_OBJECTS } from '../../platform/access/permissions.js';

/** Which events a reader gets: `null` stands for all. */
export interface EventFilter {
  /** Objects whose events the caller may see, by singular name. */
  visible: string[] | null;
  /** Objects all of whose events are wanted, and single types. */
  objects: string[];
  types: string[];
}

const TYPE = /^[a-z][A-Za-z]{0,62}\.(\*|[a-z][a-z_]{0,62})$/;
const MAX_TYPES = 50;

/**
 * Reads `types=contact.*,company.created`.
 * @throws Problem 400 naming what cannot be a type.
 */
export function parseTypes(text: string | undefined): Pick<EventFilter, 'objects' | 'types'> {
  const names = text === undefined ? [] : text.split(',').map((name) => name.trim());
  if (names.includes('*')) return { objects: [], types: [] };
  const wrong = names.find((name) => !TYPE.test(name));
  if (wrong !== undefined || names.length > MAX_TYPES) {
    const detail =
      wrong === undefined
        ? `types takes at most ${MAX_TYPES} names.`
        : `types: "${wrong.slice(0, 80)}" is neither an event type nor one like "contact.*".`;
    throw new Problem('invalid-parameter', detail);
  }
  return {
    objects: names.filter((name) => name.endsWith('.*')).map((name) => name.slice(0, -2)),
    types: names.filter((name) => !name.endsWith('.*')),
  };
}

/**
 * Objects the caller may read without limits. Of the others the feed tells nothing: an event shows
 * what a record was before, and whose it was then is not known.
 */
export function visibleObjects({ grants }: RequestContext): string[] | null {
  const visible = RECORD_OBJECTS.filter((object) => grants.get(`${object}:read`) === 'all');
  return visible.length === RECORD_OBJECTS.length ? null : visible;
}
