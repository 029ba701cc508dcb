import type { FieldError } from '../../../common/errors.js';
import type { ValueFault } from '../../../common/values/normalized.js';
import type { CustomProperty } from '../custom-properties.js';
import type { CellForms, FieldKindName, ParseContext } from '../field-types.js';
import type { ObjectDefinition } from '../object-definition.js';
import type { RecordPatch } from '../record-input.js';
import type { LinkTarget } from './targets.js';

/** A value of a file: text, or what NDJSON and workbooks know besides. */
export type BulkCell = string | number | boolean | null | undefined | readonly unknown[];

/** A row as its file gives it. */
export interface BulkRow {
  /** Line of the file, counted from 1. */
  line: number;
  cells: readonly BulkCell[];
  /** Why the row cannot be read at all. */
  error: { code: string; detail: string } | null;
}

/** A reference still to be looked up. */
export interface Link {
  target: LinkTarget;
  /** What the record is found by. */
  value: string;
  /** What else the row says of it, by path: what it gets if it has to be made. */
  given: readonly GivenValue[];
}

/** A value of a record that a row refers to. */
export interface GivenValue {
  path: string;
  text: string;
}

/** A row, checked and normalised. */
export interface ParsedRow {
  source: BulkRow;
  patch: RecordPatch;
  /** Empty for a good row. */
  errors: FieldError[];
  links: Link[];
  /** Members of the list item that the row gives; null when it gives none. */
  item: Record<string, unknown> | null;
  /** Record that the row names by its id. */
  id: string | null;
  /** E-mail address of the owner, when that is how the row names them. */
  ownerEmail: string | null;
}

/** What a row is read by, besides the columns. */
export interface RowRules {
  definition: ObjectDefinition;
  properties: ReadonlyMap<string, CustomProperty>;
  country: string | null;
  currency: string;
  /** `clear`: an empty cell removes the stored value; `ignore`: it says nothing. */
  emptyCells: 'ignore' | 'clear';
  /** How the file writes dates, times and numbers. */
  forms?: CellForms;
}

/** Reads one or more cells of a row into what it asks for. */
export type Step = (cells: readonly BulkCell[], row: ParsedRow, state: StepState) => void;

export interface StepState {
  context: ParseContext;
  clear: boolean;
}

/** Notes a fault of a value. */
export function report(row: ParsedRow, pointer: string, fault: ValueFault): void {
  row.errors.push({
    pointer: fault.at === undefined ? pointer : pointer + fault.at,
    code: fault.code,
    detail: fault.detail,
  });
}

/** Whether a cell holds nothing. */
export function isEmptyCell(cell: BulkCell): boolean {
  return cell === null || cell === undefined || (typeof cell === 'string' && cell.trim() === '');
}

/** The text of a cell, whatever its file knows it as. */
export function cellText(cell: BulkCell): string {
  if (typeof cell === 'string') return cell;
  if (Array.isArray(cell))
    return cell
      .map((item) => (typeof item === 'object' ? JSON.stringify(item) : String(item)))
      .join('; ');
  return String(cell);
}

/** Kinds that read numbers and booleans as such; all others read text. */
export const TYPED: ReadonlySet<FieldKindName> = new Set([
  'integer',
  'boolean',
  'money',
  'date',
  'datetime',
  'decimal',
  'list',
]);
