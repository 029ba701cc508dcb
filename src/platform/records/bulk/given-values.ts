import type { RequestContext } from '../../../common/context.js';
import type { Transaction } from '../../database/transaction.js';
import type { ColumnValues, ParseContext } from '../field-types.js';
import type { ObjectDefinition } from '../object-definition.js';
import { warn } from './bulk-job.js';
import type { Warnings } from './bulk-job.js';
import { columnOfPart } from './field-parts.js';
import type { GivenValue, Link, ParsedRow } from './parsed-row.js';

export interface RowLink {
  row: ParsedRow;
  link: Link;
}

/** Records whose values are remembered from chunk to chunk. */
const MOST_KNOWN = 50_000;

/**
 * What rows say of the records they refer to. The first that is said of a record makes it; what
 * contradicts it later, in the same file or the next, changes nothing and is counted as a warning.
 */
export class GivenValues {
  private readonly known = new Map<string, ColumnValues>();

  constructor(
    private readonly ctx: RequestContext,
    private readonly context: ParseContext,
  ) {}

  /** A body for a record to be made, of the first values that the rows give it. */
  bodyOf(group: readonly RowLink[]): Record<string, unknown> {
    const first = new Map<string, string>();
    for (const { link } of group) {
      for (const { path, text } of link.given) if (!first.has(path)) first.set(path, text);
    }
    const body: Record<string, unknown> = {};
    for (const [path, text] of first) setPath(body, path, text);
    return body;
  }

  /** Warns of rows that say otherwise than the records they refer to. */
  async compare(
    tx: Transaction,
    object: ObjectDefinition,
    group: readonly RowLink[],
    idOf: (link: Link) => string | undefined,
    warnings: Warnings,
  ): Promise<void> {
    const saying = group.filter(({ link }) => link.given.length > 0);
    if (saying.length === 0) return;
    await this.learn(tx, object, saying, idOf);
    for (const { row, link } of saying) {
      const stored = this.known.get(idOf(link) ?? '');
      if (stored) this.compareRow(object, row, link, stored, warnings);
    }
  }

  /** Notes what a record about to be made holds. */
  note(id: string, values: ColumnValues): void {
    if (this.known.size >= MOST_KNOWN) this.known.clear();
    this.known.set(id, values);
  }

  private async learn(
    tx: Transaction,
    object: ObjectDefinition,
    group: readonly RowLink[],
    idOf: (link: Link) => string | undefined,
  ): Promise<void> {
    const ids = new Set(group.flatMap(({ link }) => idOf(link) ?? []));
    const unknown = [...ids].filter((id) => !this.known.has(id));
    if (unknown.length === 0) return;
    const columns = object.columns.map(({ column }) => `r.${column}`).join(', ');
    const rows = await tx.query<ColumnValues>(
      `select r.id, ${columns} from ${object.table} r
       where r.workspace_id = $1 and r.id = any($2::uuid[])`,
      [this.ctx.workspaceId, unknown],
    );
    for (const row of rows) this.note(row['id'] as string, row);
  }

  private compareRow(
    object: ObjectDefinition,
    { source }: ParsedRow,
    link: Link,
    stored: ColumnValues,
    warnings: Warnings,
  ): void {
    for (const given of link.given) {
      const said = this.read(object, given);
      if (!said) continue;
      const kept = stored[said.column] ?? null;
      if (said.value === null || said.value === kept) continue;
      const { list, field } = link.target;
      const name = field.references?.include ?? field.name;
      const property = `${list ? `${list.name}.` : ''}${name}.${given.path}`;
      warn(warnings, { line: source.line, property, kept, given: said.value });
    }
  }

  /** The value as the record would store it; null for what cannot be compared. */
  private read(
    object: ObjectDefinition,
    { path, text }: GivenValue,
  ): { column: string; value: ColumnValues[string] } | null {
    const [name = '', part] = path.split('.');
    const field = object.fieldByName.get(name);
    if (!field) return null;
    const column = part === undefined ? field.columns[0]?.column : columnOfPart(field, part);
    const values: ColumnValues = {};
    const raw = part === undefined ? text : { [part]: text };
    const fault = field.kind.parse(raw, field, values, this.context);
    return fault || column === undefined ? null : { column, value: values[column] ?? null };
  }
}

function setPath(body: Record<string, unknown>, path: string, text: string): void {
  const dot = path.indexOf('.');
  if (dot < 0) {
    body[path] = text;
    return;
  }
  const first = path.slice(0, dot);
  const inner = (body[first] ?? {}) as Record<string, unknown>;
  body[first] = { ...inner, [path.slice(dot + 1)]: text };
}
