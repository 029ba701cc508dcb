import type { ColumnSpec } from '../field-types.js';

const SPECIAL = /[\\\t\n\r\b\v\f]/;
const SPECIALS = /[\\\t\n\r\b\v\f]/g;

const ESCAPES: Record<string, string> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\b': '\\b',
  '\v': '\\v',
  '\f': '\\f',
};

/** A value in the text format of COPY. Lists become PostgreSQL arrays, other objects JSON. */
export function copyValue(value: unknown): string {
  if (value === null || value === undefined) return '\\N';
  if (typeof value === 'string') return escaped(value);
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 't' : 'f';
  if (Array.isArray(value)) return escaped(arrayLiteral(value as string[]));
  return escaped(JSON.stringify(value));
}

function escaped(text: string): string {
  if (!SPECIAL.test(text)) return text;
  return text.replace(SPECIALS, (character) => ESCAPES[character] as string);
}

function arrayLiteral(texts: readonly string[]): string {
  if (texts.length === 0) return '{}';
  return `{${texts.map((text) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`;
}

/** A temporary table that rows are copied into, gone with its transaction. */
export interface Stage {
  name: string;
  create: string;
  copy: string;
}

export type StageColumn = Pick<ColumnSpec, 'column'> & { sql: string };

/** Temporary tables work through poolers, because they end with the transaction. */
export function stageOf(name: string, columns: readonly StageColumn[]): Stage {
  const list = columns.map(({ column, sql }) => `${column} ${sql}`).join(', ');
  const names = columns.map(({ column }) => column).join(', ');
  return {
    name,
    create: `create temporary table ${name} (${list}) on commit drop`,
    copy: `copy ${name} (${names}) from stdin`,
  };
}
