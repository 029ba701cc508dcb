/** Days from and to which a period goes, both in it, as `YYYY-MM-DD`. */
export interface Span {
  from: string;
  to: string;
}

const PERIOD = /^(\d{4})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])))?$/;

/** The days of a month (`2026-01`), quarter (`2026-Q1`) or year (`2026`); undefined for others. */
export function spanOf(period: string): Span | undefined {
  const match = PERIOD.exec(period);
  if (!match) return undefined;
  const [, year, month, quarter] = match;
  const first = month ? Number(month) : quarter ? Number(quarter) * 3 - 2 : 1;
  const months = month ? 1 : quarter ? 3 : 12;
  return {
    from: dayOf(Number(year), first, 1),
    to: dayOf(Number(year), first + months, 0),
  };
}

/** @param month from 1; beyond 12 it is of the next year. @param day 0 is the one before the 1st. */
function dayOf(year: number, month: number, day: number): string {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.toISOString().slice(0, 10);
}

/** The months from one to another, both named: `2026-01`. */
export function monthsBetween(from: string, to: string): string[] {
  const months: string[] = [];
  let [year = 0, month = 0] = from.split('-').map(Number);
  for (;;) {
    const name = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`;
    if (name > to || months.length > MOST_MONTHS) return months;
    months.push(name);
    [year, month] = month === 12 ? [year + 1, 1] : [year, month + 1];
  }
}

/** Most months of a forecast. */
export const MOST_MONTHS = 36;
