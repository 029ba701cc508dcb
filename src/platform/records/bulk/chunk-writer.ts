import type { Statement } from '../../database/pipeline.js';
import type { Transaction } from '../../database/transaction.js';
import { eventOf, MAX_EVENT_RECORDS } from '../../outbox/event.js';
import { recordEventRecords, recordEvents } from '../../outbox/record-events.js';
import { queueDocuments } from '../../search/search-queue.js';
import type { ObjectDefinition } from '../object-definition.js';
import type { CustomProperty } from '../custom-properties.js';
import { mentionsOf, mentionStatements } from '../record-mentions.js';
import { changesBetween, indexRows } from '../record-row.js';
import type { RecordRow } from '../record-row.js';
import type { WrittenRow } from '../record-rules.js';
import { tagsOf, unindexStatement } from '../side-statements.js';
import { ChunkConflict } from './bulk-job.js';
import type { BulkJob } from './bulk-job.js';
import type { BulkMemory } from './bulk-memory.js';
import { copyRows } from './copy-rows.js';
import { copyValue, stageOf } from './copy-text.js';
import type { Stage, StageColumn } from './copy-text.js';

const INDEX_STAGE = stageOf('keel_index', [
  { column: 'record_id', sql: 'uuid' },
  { column: 'key', sql: 'text' },
  { column: 'value', sql: 'text' },
  { column: 'number', sql: 'float8' },
  { column: 'uniq', sql: 'boolean' },
]);

/** What the side columns of a record are called, and how they are read from it. */
const SIDES: readonly (StageColumn & { read: (row: RecordRow) => unknown })[] = [
  { column: 'owner_id', sql: 'uuid', read: (row) => row.ownerId },
  { column: 'tags', sql: 'text[]', read: (row) => row.tags },
  { column: 'custom', sql: 'jsonb', read: (row) => row.custom },
  { column: 'external_ids', sql: 'jsonb', read: (row) => row.externalIds },
];

/** Only there when rows may say it: what is not said is now. */
const CREATED_AT: StageColumn = { column: 'created_at', sql: 'timestamptz' };

/** A record as an update finds and leaves it. */
export interface Changed {
  before: RecordRow;
  after: RecordRow;
}

/** Writes records of one object by COPY into a temporary table and one statement from there. */
export class ChunkWriter {
  private readonly own: readonly StageColumn[];
  private readonly sides: typeof SIDES;
  private readonly isDated: boolean;
  private readonly inserts: Stage;
  private readonly changes: Stage;

  /** @param used columns that rows may set; all others stay empty, or as they are. */
  constructor(
    private readonly job: Pick<BulkJob, 'ctx' | 'source'>,
    private readonly definition: ObjectDefinition,
    private readonly properties: ReadonlyMap<string, CustomProperty>,
    used: { columns: ReadonlySet<string>; sides: ReadonlySet<string> },
  ) {
    this.own = definition.columns.filter(({ column }) => used.columns.has(column));
    this.sides = SIDES.filter(({ column }) => column === 'owner_id' || used.sides.has(column));
    this.isDated = used.sides.has(CREATED_AT.column);
    const columns = [{ column: 'id', sql: 'uuid' }, ...this.sides, ...this.own];
    this.inserts = stageOf('keel_new', this.isDated ? [...columns, CREATED_AT] : columns);
    this.changes = stageOf('keel_changed', [{ column: 'version', sql: 'integer' }, ...columns]);
  }

  /** Adds new records; returns the statements that belong to them. */
  async insert(tx: Transaction, rows: readonly RecordRow[]): Promise<Statement[]> {
    if (rows.length === 0) return [];
    await copyRows(tx, this.inserts, this.lines(rows, false));
    const names = [...this.sides, ...this.own].map(({ column }) => column).join(', ');
    const [created, at] = this.isDated
      ? [', created_at', ', coalesce(s.created_at, now())']
      : ['', ''];
    const { ctx } = this.job;
    await tx.run([
      {
        text: `insert into ${this.definition.table}
            (workspace_id, id, created_by, updated_by, ${names}${created})
          select $1::uuid, s.id, $2::uuid, $2::uuid, ${names}${at} from ${this.inserts.name} s`,
        params: [ctx.workspaceId, ctx.principal.userId],
      },
      { text: `drop table ${this.inserts.name}` },
    ]);
    await this.index(tx, rows);
    tx.touch(
      tagsOf(
        this.definition,
        rows.map(({ id }) => id),
      ),
    );
    const made = rows.map((after) => ({ before: null, after }));
    return [...(this.definition.sides?.(ctx, made) ?? []), ...this.createdStatements(made)];
  }

  /** Changes records that are still as they were read. @throws ChunkConflict otherwise. */
  async update(
    tx: Transaction,
    changed: readonly Changed[],
    memory: BulkMemory | null,
  ): Promise<Statement[]> {
    if (changed.length === 0) return [];
    // In the order of ids, so that two writers never wait for each other.
    const ordered = [...changed].sort((a, b) => (a.after.id < b.after.id ? -1 : 1));
    const rows = ordered.map(({ after }) => after);
    await copyRows(tx, this.changes, this.lines(rows, true));
    const { ctx } = this.job;
    const [updated] = await tx.run(this.updateStatements());
    if (updated?.rowCount !== rows.length) throw new ChunkConflict('A record changed meanwhile');
    const reindexed = ordered.filter(({ before, after }) => this.touchesIndex(before, after));
    if (reindexed.length > 0) {
      const indexed = reindexed.map(({ after }) => after);
      const ids = indexed.map(({ id }) => id);
      await tx.run([unindexStatement(ctx, this.definition, ids)]);
      await this.index(tx, indexed);
    }
    tx.touch(
      tagsOf(
        this.definition,
        rows.map(({ id }) => id),
      ),
    );
    const sides = this.definition.sides?.(ctx, ordered) ?? [];
    return [
      ...sides,
      ...this.updatedStatements(ordered),
      ...(memory?.keepBefore(ordered.map(kept)) ?? []),
    ];
  }

  private async index(tx: Transaction, rows: readonly RecordRow[]): Promise<void> {
    const entries = indexRows(rows, this.definition, this.properties);
    if (entries.length === 0) return;
    const lines = entries.map(
      ({ recordId, key, value, number, uniq }) =>
        `${recordId}\t${copyValue(key)}\t${copyValue(value)}\t${copyValue(number)}\t${copyValue(uniq)}\n`,
    );
    await copyRows(tx, INDEX_STAGE, lines);
    await tx.run([
      {
        text: `insert into record_index (workspace_id, object, record_id, key, value, number, uniq)
          select $1, $2, s.record_id, s.key, s.value, s.number, s.uniq from ${INDEX_STAGE.name} s
          order by s.key, s.value`,
        params: [this.job.ctx.workspaceId, this.definition.object],
      },
      { text: `drop table ${INDEX_STAGE.name}` },
    ]);
  }

  private updateStatements(): Statement[] {
    const sets = [...this.sides, ...this.own].map(({ column }) => `${column} = s.${column}`);
    const { ctx } = this.job;
    return [
      {
        text: `update ${this.definition.table} t set version = t.version + 1, updated_at = now(),
            updated_by = $2::uuid, ${sets.join(', ')}
          from ${this.changes.name} s
          where t.workspace_id = $1::uuid and t.id = s.id and t.version = s.version
            and t.deleted_at is null`,
        params: [ctx.workspaceId, ctx.principal.userId],
      },
      { text: `drop table ${this.changes.name}` },
    ];
  }

  private touchesIndex(before: RecordRow, after: RecordRow): boolean {
    const { lists } = this.definition;
    const sides = ({ tags, custom, externalIds, values }: RecordRow) =>
      JSON.stringify([tags, custom, externalIds, lists.map(({ column }) => values[column])]);
    return sides(before) !== sides(after);
  }

  private *lines(rows: readonly RecordRow[], versioned: boolean): Generator<string> {
    const { sides, own } = this;
    const isDated = this.isDated && !versioned;
    for (const row of rows) {
      let line = versioned ? `${row.version}\t${row.id}` : row.id;
      for (const side of sides) line += `\t${copyValue(side.read(row))}`;
      for (const { column } of own) line += `\t${copyValue(row.values[column])}`;
      if (isDated) line += `\t${copyValue(row.createdAt)}`;
      yield `${line}\n`;
    }
  }

  private createdStatements(made: readonly WrittenRow[]): Statement[] {
    const { ctx, source } = this.job;
    const { object, plural } = this.definition;
    const type = `${object}.created` as const;
    return inGroups(made).flatMap((group) => {
      const recordIds = group.map(({ after }) => after.id);
      const event = eventOf(ctx, { type, object: plural, recordIds, source });
      return [
        recordEvents([event]),
        ...this.mentions(event.id, group, 'created'),
        {
          text: `insert into event_records (workspace_id, record_id, event_id, version)
            select $1, r.id, $2, 1 from unnest($3::uuid[]) as r (id)`,
          params: [ctx.workspaceId, event.id, recordIds],
        },
        queueDocuments(ctx.workspaceId, object, recordIds),
      ];
    });
  }

  private updatedStatements(changed: readonly Changed[]): Statement[] {
    const { ctx, source } = this.job;
    const { object, plural } = this.definition;
    const type = `${object}.updated` as const;
    return inGroups(changed).flatMap((group) => {
      const recordIds = group.map(({ after }) => after.id);
      const event = eventOf(ctx, { type, object: plural, recordIds, source });
      const records = group.map(({ before, after }) => ({
        recordId: after.id,
        version: after.version + 1,
        changes: changesBetween(this.definition, before, after),
      }));
      return [
        recordEvents([event]),
        recordEventRecords(event, records),
        ...this.mentions(event.id, group, 'updated'),
        queueDocuments(ctx.workspaceId, object, recordIds),
      ];
    });
  }

  /** On which other timelines the event shows. */
  private mentions(eventId: string, rows: readonly WrittenRow[], action: string): Statement[] {
    const mentions = mentionsOf(this.definition, rows, action);
    return mentionStatements(this.job.ctx, this.definition, eventId, mentions);
  }
}

const kept = ({ before }: Changed) => ({ before, version: before.version + 1 });

/** As many as one event names. */
function inGroups<T>(items: readonly T[]): T[][] {
  const groups: T[][] = [];
  for (let start = 0; start < items.length; start += MAX_EVENT_RECORDS) {
    groups.push(items.slice(start, start + MAX_EVENT_RECORDS));
  }
  return groups;
}
