import type { Transform } from 'node:stream';
import { BatchWriter } from '../batch-writer.js';
import { gettersOf, type ExportRecord, type Getter, type WriteOptions } from '../export-column.js';

/** Values of one level of an object, or objects below it, by name. */
type Shape = Map<string, Getter | Shape>;

/**
 * Writes one JSON object a line with the columns' paths as its names: `address.city` becomes
 * `{"address":{"city":…}}`, as the API has it. Values the record does not have are left out.
 */
export function ndjsonWriter({ columns }: WriteOptions): Transform {
  const shape: Shape = new Map();
  gettersOf(columns).forEach((getter, index) => place(shape, columns[index]!.path, getter));
  return new BatchWriter<ExportRecord>(
    '',
    (record) => `${JSON.stringify(pick(shape, record) ?? {})}\n`,
  );
}

function place(shape: Shape, path: string, getter: Getter): void {
  const dot = path.indexOf('.');
  if (dot === -1) {
    shape.set(path, getter);
    return;
  }
  const name = path.slice(0, dot);
  const below = shape.get(name) ?? new Map<string, Getter | Shape>();
  // A column that holds the whole object holds this value as well.
  if (!(below instanceof Map)) return;
  shape.set(name, below);
  place(below, path.slice(dot + 1), getter);
}

function pick(shape: Shape, record: ExportRecord): ExportRecord | undefined {
  const picked: Record<string, unknown> = {};
  let isEmpty = true;
  for (const [name, part] of shape) {
    const value = part instanceof Map ? pick(part, record) : part(record);
    if (value === undefined) continue;
    picked[name] = value;
    isEmpty = false;
  }
  return isEmpty ? undefined : picked;
}
