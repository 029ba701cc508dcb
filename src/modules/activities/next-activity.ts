import { instantOf, wallClockOf } from '../../common/values/time-zone.js';
import type { ColumnValues } from '../../platform/records/field-types.js';
import { itemsOf, storedItems } from '../../platform/records/list-items.js';
import type { RecordRow } from '../../platform/records/record-row.js';
import type { Participant } from './activity-lists.dto.js';
import { instant, MOVING, timestamp, zoneOf } from './activity-times.js';

/** What the next one of a series has from the one before. */
const INHERITED = [
  ...['type', 'subject', 'body', 'priority', 'all_day', 'time_zone', 'duration_minutes'],
  ...['location', 'direction', 'links', 'recurrence', 'series_id', 'series_start_at'],
];

/**
 * The values of the activity that follows in a series.
 * @param time when it is up, in milliseconds since 1970 UTC. Its other times keep their distance by
 * the clock, so that a reminder at nine stays one at nine when the clocks are changed.
 */
export function valuesOfNext({ values }: RecordRow, time: number): ColumnValues {
  const next: ColumnValues = {};
  for (const column of INHERITED) next[column] = values[column] ?? null;
  const zone = zoneOf(values);
  const shift = wallClockOf(time, zone) - wallClockOf(instant(values['scheduled_at']) ?? 0, zone);
  for (const column of MOVING) {
    const current = instant(values[column]);
    next[column] =
      current === null ? null : timestamp(instantOf(wallClockOf(current, zone) + shift, zone));
  }
  const invited = itemsOf<Participant>(values['participants']).map((participant) => ({
    ...participant,
    response: 'needsAction',
  }));
  next['participants'] = storedItems(invited);
  return next;
}
