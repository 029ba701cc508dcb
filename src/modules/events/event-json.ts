import type { StoredEvent } from './events.repository.js';

/** An event as the feed shows it. */
export function eventJson(event: StoredEvent): string {
  const head = JSON.stringify({
    id: event.id,
    type: event.type,
    occurredAt: event.occurred_at,
    actor: { type: event.actor_type, id: event.actor_id, userId: event.actor_user_id },
    source: event.source,
    recordIds: event.record_ids,
  });
  // The changes are JSON already.
  return event.changes === null ? head : `${head.slice(0, -1)},"changes":${event.changes}}`;
}
