import pg from 'pg';

const TIMESTAMPTZ = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00$/;

/** RFC 3339 UTC with milliseconds, from PostgreSQL's text form. */
function timestamp(text: string): string {
  const match = TIMESTAMPTZ.exec(text);
  if (!match) return new Date(text).toISOString();
  return `${match[1]}T${match[2]}.${(match[3] ?? '').padEnd(3, '0').slice(0, 3)}Z`;
}

const parsers = new Map<number, (text: string) => unknown>([
  [20, Number], // int8: our counters stay below 2^53
  [1082, String], // date stays YYYY-MM-DD
  [1184, timestamp],
  [1700, String], // numeric stays exact
  [114, String], // json is only ever built to be sent on
]);

/** How result columns become JavaScript values: times and dates as strings, `json` as its text. */
export const typeParsers = {
  getTypeParser(oid: number, format: 'text' | 'binary'): (text: string) => unknown {
    return parsers.get(oid) ?? (pg.types.getTypeParser(oid, format) as (text: string) => unknown);
  },
};
