/** A column of an exported file. */
export interface ExportColumn {
  /** Its name in the first line of csv and xlsx. */
  header: string;
  /** Where its value stands in a record: `email`, `address.city`, `custom.tier`. */
  path: string;
  /**
   * How a workbook should hold it. Without it, texts stay texts (also those that look like numbers
   * or dates), and only numbers, booleans and Date objects are more than text.
   */
  type?: 'number' | 'date' | 'datetime';
}

export interface WriteOptions {
  columns: readonly ExportColumn[];
  /** csv only: leaves texts that a spreadsheet would run as they are (see csv/guard.ts). */
  raw?: boolean;
  /** csv only: begins with a byte order mark, by which Excel knows UTF-8. */
  bom?: boolean;
}

/** A record to be written; values may be nested. */
export type ExportRecord = Readonly<Record<string, unknown>>;

/** Reads the value at a path of a record. */
export type Getter = (record: ExportRecord) => unknown;

/** A reader of values for each column, made once. */
export function gettersOf(columns: readonly ExportColumn[]): Getter[] {
  return columns.map(({ path }) => getterOf(path));
}

function getterOf(path: string): Getter {
  const [first = '', second, ...more] = path.split('.');
  if (second === undefined) return (record) => record[first];
  const keys = [second, ...more];
  return (record) => {
    let value = record[first];
    for (const key of keys) {
      if (typeof value !== 'object' || value === null) return undefined;
      value = (value as ExportRecord)[key];
    }
    return value;
  };
}

/**
 * A value as text. Points in time are RFC 3339; lists of simple values are joined by `;`, which the
 * importer takes apart again; other lists and objects, and lists with a `;` in them, are JSON.
 */
export function textOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'object':
      if (value === null) return '';
      if (value instanceof Date) return value.toISOString();
      return isSimpleList(value) ? value.join(';') : JSON.stringify(value);
    default:
      return '';
  }
}

function isSimpleList(value: object): value is unknown[] {
  return (
    Array.isArray(value) &&
    value.every(
      (item) =>
        typeof item === 'number' || (typeof item === 'string' && !/[;[]/.test(item) && item !== ''),
    )
  );
}
