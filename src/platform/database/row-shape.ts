import { typeParsers } from './type-parsers.js';

export type Row = Record<string, unknown>;

/** A column of a result as PostgreSQL describes it. */
export interface FieldDescription {
  name: string;
  dataTypeID: number;
}

/** The columns of a statement's rows, and how each is read. */
export class RowShape {
  private readonly columns: readonly string[];
  private readonly parsers: readonly ((text: string) => unknown)[];
  /** Copied for each row, so that all rows are objects of one kind. */
  private readonly empty: Row;

  constructor(fields: readonly FieldDescription[]) {
    this.columns = fields.map(({ name }) => name);
    this.parsers = fields.map(({ dataTypeID }) => typeParsers.getTypeParser(dataTypeID, 'text'));
    this.empty = Object.fromEntries(this.columns.map((name) => [name, null]));
  }

  /** @param values of one row, in text form. */
  read(values: readonly (string | null)[]): Row {
    const row = { ...this.empty };
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index] as string | null;
      if (value === null) continue;
      row[this.columns[index] as string] = this.parsers[index]?.(value);
    }
    return row;
  }
}
