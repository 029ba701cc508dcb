// Parts of `pg` that its own Query class is made of; see node_modules/pg/lib/query.js.
declare module 'pg/lib/result.js' {
  export default class Result {
    constructor(rowMode: 'array' | undefined, types: unknown);
    rows: Record<string, unknown>[];
    rowCount: number;
    addFields(fields: unknown[]): void;
    addRow(row: Record<string, unknown>): void;
    parseRow(fields: (string | null)[]): Record<string, unknown>;
    addCommandComplete(message: { text: string }): void;
  }
}
declare module 'pg/lib/utils.js' {
  export function prepareValue(value: unknown): unknown;
}
