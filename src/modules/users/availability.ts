import { wallClockOf } from '../../common/values/time-zone.js';
import { workingStateAt } from '../../common/working-hours.js';
import type { Schedule, WorkingHours } from '../../common/working-hours.js';
import type { AvailabilityDto, AvailabilityStatus, StandInDto } from './availability.dto.js';
import type { OutOfOfficeDto } from './users.dto.js';

/** What is known of a user, as far as being there goes. */
export interface Presence {
  id: string;
  name: string;
  isActive: boolean;
  /** Their own time zone, else the workspace's. */
  timeZone: string;
  workingHours: WorkingHours | null;
  holidays: string[];
  outOfOffice: OutOfOfficeDto | null;
}

/** Whether somebody does what they do at a time, and who does it for them. */
export type Availability = AvailabilityDto;

type People = ReadonlyMap<string, Presence>;

const iso = (instant: number | null): string | null =>
  instant === null ? null : new Date(instant).toISOString();

/** Working hours of a user, for reckoning in working time; see `common/working-hours`. */
export function scheduleOf({ timeZone, workingHours, holidays }: Presence): Schedule {
  return { timeZone, hours: workingHours, holidays };
}

/** Whether a user is on an absence at an instant (milliseconds since 1970). */
export function isOut({ outOfOffice }: Presence, at: number): boolean {
  if (!outOfOffice) return false;
  return Date.parse(outOfOffice.from) <= at && at < Date.parse(outOfOffice.until);
}

/**
 * What a user is doing at an instant.
 * @param people whoever may stand in, by id; see {@link standInOf}.
 */
export function availabilityAt(user: Presence, people: People, at: number): Availability {
  const { timeZone } = user;
  const away = user.outOfOffice;
  return {
    userId: user.id,
    at: new Date(at).toISOString(),
    ...stateAt(user, at),
    timeZone,
    localTime: new Date(wallClockOf(at, timeZone)).toISOString().slice(0, 19),
    outOfOffice: away && at < Date.parse(away.until) ? away : null,
    standIn: isOut(user, at) ? standInOf(user, people, at) : null,
  };
}

function stateAt(
  user: Presence,
  at: number,
): Pick<Availability, 'status' | 'until' | 'nextWorkingAt'> {
  if (!user.isActive) return { status: 'inactive', until: null, nextWorkingAt: null };
  const away = user.outOfOffice;
  if (away && isOut(user, at)) {
    const back = Date.parse(away.until);
    const then = workingStateAt(scheduleOf(user), back);
    const next = then.isWorking ? back : then.until;
    return { status: 'outOfOffice', until: away.until, nextWorkingAt: iso(next) };
  }
  const { isWorking, until } = workingStateAt(scheduleOf(user), at);
  // An absence that begins meanwhile comes first.
  const leaves = away && Date.parse(away.from) > at ? Date.parse(away.from) : Infinity;
  const change = Math.min(until ?? Infinity, leaves);
  return {
    status: isWorking ? 'working' : 'offHours',
    until: change === Infinity ? null : iso(change),
    nextWorkingAt: isWorking ? iso(at) : nextWorking(user, until, leaves),
  };
}

/** When somebody off hours works next, with an absence that begins at `leaves` left out. */
function nextWorking(user: Presence, next: number | null, leaves: number): string | null {
  if (next === null || next < leaves || !user.outOfOffice) return iso(next);
  const back = Date.parse(user.outOfOffice.until);
  if (next >= back) return iso(next);
  const then = workingStateAt(scheduleOf(user), back);
  return iso(then.isWorking ? back : then.until);
}

/**
 * Who stands in: the stand-in, or whoever stands in for them while they are out themselves. Nobody
 * when the chain ends with somebody who is not active, or comes back to where it began.
 */
export function standInOf(user: Presence, people: People, at: number): StandInDto | null {
  const seen = new Set([user.id]);
  let next = user.outOfOffice?.standInId ?? null;
  while (next !== null && !seen.has(next)) {
    seen.add(next);
    const person = people.get(next);
    if (!person?.isActive) return null;
    if (!isOut(person, at)) {
      const status: AvailabilityStatus = workingStateAt(scheduleOf(person), at).isWorking
        ? 'working'
        : 'offHours';
      return { id: person.id, name: person.name, status };
    }
    next = person.outOfOffice?.standInId ?? null;
  }
  return null;
}
