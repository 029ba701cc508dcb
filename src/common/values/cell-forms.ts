import { dateReader } from './date.js';
import { datetimeReader } from './datetime.js';
import type { Normalizer } from './normalized.js';

/** Behind a date: a time of day, perhaps with its offset. */
const TIME_OF_DAY =
  /[T ,]{1,2}\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?[ap]\.?m\.?)?(?:Z|[+-]\d\d:?\d\d)?$/i;

const LONGEST = 64;

/**
 * Reads the dates of a file's cells; where a cell holds a time as well, its day counts as it is
 * written, whatever the zone.
 * @param form how dates are written, such as `M/D/YYYY`; `YYYY-MM-DD` is always understood.
 * @returns null when the form is not one.
 */
export function dateCellReader(form = 'YYYY-MM-DD'): Normalizer<string> | null {
  const read = dateReader(form);
  if (!read) return null;
  return (raw) =>
    read(typeof raw === 'string' && raw.length <= LONGEST ? raw.replace(TIME_OF_DAY, '') : raw);
}

/**
 * Readers of a file's dates and times.
 * @param form how dates are written; see {@link dateCellReader}.
 * @param timeZone of times that come without an offset; UTC when not given.
 * @returns null when the form or the zone is not one.
 */
export function cellReaders(
  form?: string,
  timeZone?: string,
): { date: Normalizer<string>; datetime: Normalizer<string> } | null {
  const date = dateCellReader(form);
  const datetime = datetimeReader({ date: form, timeZone });
  return date && datetime && { date, datetime };
}
