import { instantOf, wallClockOf } from '../values/time-zone.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** Words for days, besides `$startOf…`. */
const DAYS: Readonly<Record<string, number>> = { $yesterday: -1, $today: 0, $tomorrow: 1 };
const START = /^\$startOf(Last|Next)?(Week|Month|Quarter|Year)$/;
const SPAN = /^(\d{1,4})(h|d|w|mo|y)$/;
const MONTHS: Readonly<Record<string, number>> = { Month: 1, Quarter: 3, Year: 12, mo: 1, y: 12 };

/** What relative times look like, for messages. */
export const RELATIVE_TIMES =
  '$now, $today, $yesterday, $tomorrow, $startOfWeek, $startOfMonth, $startOfQuarter, ' +
  '$startOfYear (also $startOfLastYear, $startOfNextYear and so on), {"$ago": "30d"} and ' +
  '{"$ahead": "2w"} with h, d, w, mo or y';

/**
 * Tells what relative times mean now, by the clocks of one time zone: `$startOfYear`,
 * `{"$ago": "30d"}`. Weeks begin on Monday.
 */
export class FilterClock {
  /**
   * How finely the times it was asked for move: with the clock, from day to day, or (null) not at
   * all, for it was asked for none.
   */
  moves: 'moment' | 'day' | null = null;
  private readonly wall: number;

  /** @param now milliseconds since 1970 UTC; `timeZone` an IANA name. */
  constructor(
    private readonly now: number,
    private readonly timeZone: string,
  ) {
    this.wall = wallClockOf(now, timeZone);
  }

  /** The local date `YYYY-MM-DD`, or undefined for what is no relative time. */
  date(raw: unknown): string | undefined {
    const wall = raw === '$now' ? this.today() : this.wallTimeOf(raw, false);
    if (wall === undefined) return undefined;
    this.moves ??= 'day';
    return new Date(wall).toISOString().slice(0, 10);
  }

  /** The time, RFC 3339 UTC, or undefined for what is no relative time. */
  datetime(raw: unknown): string | undefined {
    if (raw === '$now') {
      this.moves = 'moment';
      return new Date(this.now).toISOString();
    }
    const wall = this.wallTimeOf(raw, true);
    if (wall === undefined) return undefined;
    if (typeof raw === 'string') this.moves ??= 'day';
    else this.moves = 'moment';
    return new Date(instantOf(wall, this.timeZone)).toISOString();
  }

  /** The next midnight of the time zone, in milliseconds since 1970 UTC. */
  nextDay(): number {
    return instantOf(this.today() + DAY, this.timeZone);
  }

  private today(): number {
    return Math.floor(this.wall / DAY) * DAY;
  }

  /** What the wall's clock shows then, as if it were UTC. */
  private wallTimeOf(raw: unknown, withTime: boolean): number | undefined {
    if (typeof raw === 'string') return this.startOf(raw);
    const span = spanOf(raw);
    if (!span || (span.unit === 'h' && !withTime)) return undefined;
    return moved(withTime ? this.wall : this.today(), span.amount, span.unit);
  }

  private startOf(word: string): number | undefined {
    const today = this.today();
    const offset = DAYS[word];
    if (offset !== undefined) return today + offset * DAY;
    const match = START.exec(word);
    if (!match) return undefined;
    const [, which, unit = ''] = match;
    const steps = which === 'Last' ? -1 : which === 'Next' ? 1 : 0;
    const date = new Date(today);
    if (unit === 'Week') return today - ((date.getUTCDay() + 6) % 7) * DAY + steps * 7 * DAY;
    const months = MONTHS[unit] ?? 1;
    const month = Math.floor(date.getUTCMonth() / months) * months + steps * months;
    return Date.UTC(date.getUTCFullYear(), month, 1);
  }
}

/** Reads `{"$ago": "30d"}` or `{"$ahead": …}`; what is past is negative. */
function spanOf(raw: unknown): { amount: number; unit: string } | undefined {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return undefined;
  const [entry, ...others] = Object.entries(raw as Record<string, unknown>);
  if (!entry || others.length > 0) return undefined;
  const [name, span] = entry;
  const match = typeof span === 'string' ? SPAN.exec(span) : null;
  if (!match || (name !== '$ago' && name !== '$ahead')) return undefined;
  return { amount: Number(match[1]) * (name === '$ago' ? -1 : 1), unit: match[2] as string };
}

/** A wall time some units on; the last day of a shorter month stands for those it lacks. */
function moved(wall: number, amount: number, unit: string): number {
  const months = MONTHS[unit];
  if (months === undefined) return wall + amount * { h: HOUR, d: DAY, w: 7 * DAY }[unit as 'd'];
  const from = new Date(wall);
  const month = from.getUTCMonth() + amount * months;
  const last = new Date(Date.UTC(from.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const day = Math.min(from.getUTCDate(), last);
  return Date.UTC(from.getUTCFullYear(), month, day) + (wall - Math.floor(wall / DAY) * DAY);
}
