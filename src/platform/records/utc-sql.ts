/** SQL that writes a time as the API does: RFC 3339, UTC, with milliseconds. */
export const utcSql = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
