import ICAL from 'ical.js';
import { occurrences } from './recurrence.js';

/** What a calendar tells of an activity; times are RFC 3339. */
export interface CalendarActivity {
  id: string;
  type: string;
  subject: string;
  body: string | null;
  status: string;
  priority: string;
  location: string | null;
  allDay: boolean;
  dueAt: string | null;
  startAt: string | null;
  endAt: string | null;
  scheduledAt: string;
  recurrence: string | null;
  seriesId: string | null;
  seriesStartAt: string | null;
  timeZone: string | null;
  updatedAt: string;
}

// Lines that go on begin with a space, which the library does not count: 75 octets with it.
ICAL.foldLength = 74;

const DAY = 86_400_000;
/** Most times ahead that are shown of one series. */
const MOST_AHEAD = 120;
const PRIORITIES: Readonly<Record<string, number>> = { high: 1, normal: 5, low: 9 };

/**
 * A calendar of RFC 5545. Times are UTC, which every program shows on the clock of its user, so that
 * no definitions of zones are needed; of a series, the times to come stand there one by one, on the
 * clock of its zone.
 * @param until how far ahead the times of a series go.
 */
export function calendarFile(
  name: string,
  activities: readonly CalendarActivity[],
  until: Date,
): string {
  const calendar = new ICAL.Component('vcalendar');
  calendar.addPropertyWithValue('version', '2.0');
  calendar.addPropertyWithValue('prodid', '-//Keel//Activities//EN');
  calendar.addPropertyWithValue('calscale', 'GREGORIAN');
  calendar.addPropertyWithValue('method', 'PUBLISH');
  calendar.addPropertyWithValue('x-wr-calname', name);
  for (const activity of activities) {
    for (const [index, shift] of [0, ...shiftsAhead(activity, until)].entries()) {
      calendar.addSubcomponent(eventOf(activity, shift, index));
    }
  }
  return `${calendar.toString()}\r\n`;
}

/** Milliseconds from an open activity of a series to those that will follow it. */
function shiftsAhead(activity: CalendarActivity, until: Date): number[] {
  const { recurrence, seriesStartAt, scheduledAt, status, allDay, timeZone } = activity;
  if (recurrence === null || seriesStartAt === null || status !== 'open') return [];
  const zone = allDay ? 'UTC' : (timeZone ?? 'UTC');
  const series = { rule: recurrence, start: Date.parse(seriesStartAt), zone };
  const current = Date.parse(scheduledAt);
  const times = occurrences(series, current, until.getTime(), MOST_AHEAD);
  return times.map((time) => time - current);
}

function eventOf(activity: CalendarActivity, shift: number, index: number): ICAL.Component {
  const { id, subject, body, location, status, priority, updatedAt } = activity;
  const event = new ICAL.Component('vevent');
  event.addPropertyWithValue('uid', index === 0 ? `${id}@keel` : `${id}-${index}@keel`);
  event.addPropertyWithValue('dtstamp', utc(Date.parse(updatedAt)));
  addTimes(event, activity, shift);
  event.addPropertyWithValue('summary', status === 'done' ? `✓ ${subject}` : subject);
  if (body !== null) event.addPropertyWithValue('description', body);
  if (location !== null) event.addPropertyWithValue('location', location);
  event.addPropertyWithValue('categories', activity.type.toUpperCase());
  event.addPropertyWithValue('priority', PRIORITIES[priority] ?? 5);
  event.addPropertyWithValue('status', 'CONFIRMED');
  // A task does not keep anybody from being invited.
  const isBusy = activity.type === 'meeting' || activity.type === 'call';
  event.addPropertyWithValue('transp', isBusy ? 'OPAQUE' : 'TRANSPARENT');
  return event;
}

function addTimes(event: ICAL.Component, activity: CalendarActivity, shift: number): void {
  const { scheduledAt, startAt, endAt, allDay } = activity;
  const begin = Date.parse(scheduledAt) + shift;
  const last = scheduledAt === startAt && endAt !== null ? Date.parse(endAt) + shift : begin;
  if (allDay) {
    event.addPropertyWithValue('dtstart', day(begin));
    // The end of a calendar's event is the day after its last.
    event.addPropertyWithValue('dtend', day(last + DAY));
    return;
  }
  event.addPropertyWithValue('dtstart', utc(begin));
  if (last > begin) event.addPropertyWithValue('dtend', utc(last));
}

const utc = (time: number): ICAL.Time => {
  const seconds = Math.floor(time / 1000) * 1000;
  return ICAL.Time.fromJSDate(new Date(seconds), true);
};

const day = (time: number): ICAL.Time =>
  ICAL.Time.fromDateString(new Date(time).toISOString().slice(0, 10));
