const DAY = 86_400_000;

/** Days of the year that is told of. */
export const DAYS = 365;

/** How much is sold on a day: growth over the year, seasons, and the days of the week. */
const GROWTH = 0.3;
const MONTHS = [0.95, 0.92, 1, 1, 1.02, 0.95, 0.82, 0.7, 1.05, 1.12, 1.25, 1.3];
const WEEKDAYS = [0.02, 1.05, 1.15, 1.1, 1.05, 0.9, 0.12];

/** The year that ends with a day. */
export class Calendar {
  private readonly first: number;
  /** How many of a hundred thousand have happened before each day. */
  private readonly shares: readonly number[];

  /** @param until `YYYY-MM-DD`. */
  constructor(readonly until: string) {
    this.first = Date.parse(until) - (DAYS - 1) * DAY;
    const weights = Array.from({ length: DAYS }, (_, day) => this.weightOf(day));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    let before = 0;
    this.shares = weights.map((weight) => {
      before += weight;
      return before / sum;
    });
  }

  /** How many of `total` have happened by the end of a day. */
  happenedBy(day: number, total: number): number {
    return day < 0 ? 0 : Math.round((this.shares[day] as number) * total);
  }

  /** The day of one of `total` things that happen in the order of their numbers. */
  dayOf(index: number, total: number): number {
    let [low, high] = [0, DAYS - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.happenedBy(middle, total) > index) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** `YYYY-MM-DD`; days from {@link DAYS} on are to come. */
  date(day: number): string {
    return new Date(this.first + day * DAY).toISOString().slice(0, 10);
  }

  /** RFC 3339. */
  time(day: number, hour: number, minute: number): string {
    const clock = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
    return `${this.date(day)}T${clock}:00.000Z`;
  }

  /**
   * A time that has passed, whatever the hour at which the last day is seeded: that day counts from
   * its first moment, and days to come as the last one.
   */
  past(day: number, hour: number, minute: number): string {
    return day >= DAYS - 1 ? this.time(DAYS - 1, 0, 0) : this.time(day, hour, minute);
  }

  /** The day itself, or the Monday after it. */
  workday(day: number): number {
    const weekday = this.weekday(day);
    return weekday === 6 ? day + 2 : weekday === 0 ? day + 1 : day;
  }

  /** The day itself, or the Friday before it. */
  workdayBefore(day: number): number {
    const weekday = this.weekday(day);
    return weekday === 6 ? day - 1 : weekday === 0 ? day - 2 : day;
  }

  private weekday(day: number): number {
    return new Date(this.first + day * DAY).getUTCDay();
  }

  private weightOf(day: number): number {
    const season = MONTHS[Number(this.date(day).slice(5, 7)) - 1] as number;
    const growth = 1 + (GROWTH * day) / DAYS;
    return season * growth * (WEEKDAYS[this.weekday(day)] as number);
  }
}
