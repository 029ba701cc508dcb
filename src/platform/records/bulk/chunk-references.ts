import type { FieldError } from '../../../common/errors.js';
import { uuidv7 } from '../../../common/uuid.js';
import type { Statement } from '../../database/pipeline.js';
import type { Transaction } from '../../database/transaction.js';
import { findByKey, matchKey } from '../match-key.js';
import type { RecordKit } from '../record-kit.js';
import { checkComplete, parseRecord } from '../record-input.js';
import { newRow } from '../record-row.js';
import type { RecordRow } from '../record-row.js';
import { ownerOfNew } from '../reach.js';
import { missingReferences, referencesOf } from '../references.js';
import type { BulkJob } from './bulk-job.js';
import type { BulkMemory, RememberedKey } from './bulk-memory.js';
import type { Link, ParsedRow } from './row-parser.js';

/** Records of another object that rows refer to and that there were not. */
export interface MadeReferences {
  object: string;
  rows: RecordRow[];
}

/** Any number that only Keel uses: two imports never make the same company at once. */
const LOCK = 5_203_340;

/** Finds what the rows of a chunk refer to, set by set, and makes what is missing when asked to. */
export class ChunkReferences {
  constructor(
    private readonly kit: RecordKit,
    private readonly job: BulkJob,
    private readonly memory: BulkMemory,
  ) {}

  /**
   * Puts the ids of references and owners into the rows; rows whose references lead nowhere say so.
   * @returns records to be made before the rows are written.
   */
  async resolve(tx: Transaction, rows: readonly ParsedRow[]): Promise<MadeReferences[]> {
    const good = rows.filter(({ errors }) => errors.length === 0);
    await this.resolveOwners(tx, good);
    await this.checkIds(tx, good);
    const links = good.flatMap((row) => row.links.map((link) => ({ row, link })));
    const made: MadeReferences[] = [];
    for (const group of Map.groupBy(links, ({ link }) => groupOf(link)).values()) {
      made.push(...(await this.resolveLinks(tx, group)));
    }
    return made;
  }

  private async resolveOwners(tx: Transaction, rows: readonly ParsedRow[]): Promise<void> {
    const named = rows.filter(({ ownerEmail }) => ownerEmail !== null);
    if (named.length === 0) return;
    const emails = [...new Set(named.map(({ ownerEmail }) => ownerEmail))];
    const found = await tx.query<{ id: string; email: string }>(
      'select id, email from users where workspace_id = $1 and email = any($2::text[])',
      [this.job.ctx.workspaceId, emails],
    );
    const ids = new Map(found.map(({ id, email }) => [email, id]));
    for (const row of named) {
      const id = ids.get(row.ownerEmail as string);
      if (id !== undefined) row.patch.ownerId = id;
      else row.errors.push(lost('/ownerId', `there is no user ${row.ownerEmail ?? ''}`));
    }
  }

  /** References that rows name by id. */
  private async checkIds(tx: Transaction, rows: readonly ParsedRow[]): Promise<void> {
    const { targets, settings, ctx, definition } = this.job;
    const byId = targets.some(
      (target) =>
        target.kind === 'owner' ||
        (target.kind === 'field' && target.field.references !== undefined) ||
        (target.kind === 'custom' && target.property.type === 'reference'),
    );
    if (!byId) return;
    const uses = rows.flatMap((row) =>
      referencesOf(this.kit, definition, row.patch, settings.properties).map((use) => ({
        ...use,
        row,
      })),
    );
    for (const use of await missingReferences(tx, ctx, uses)) {
      (use as (typeof uses)[number]).row.errors.push(use.error);
    }
  }

  private async resolveLinks(
    tx: Transaction,
    group: { row: ParsedRow; link: Link }[],
  ): Promise<MadeReferences[]> {
    const { target } = (group[0] as (typeof group)[number]).link;
    const values = [...new Set(group.map(({ link }) => link.value))];
    let found = await this.find(tx, target, values);
    let made: RecordRow[] = [];
    let faults = new Map<string, FieldError[]>();
    if (this.job.createReferences && values.some((value) => !found.has(value))) {
      // Somebody else may be making the same ones: look again once it is our turn.
      await tx.query('select pg_advisory_xact_lock($1, hashtext($2))', [
        LOCK,
        `${this.job.ctx.workspaceId}/${target.object.object}`,
      ]);
      found = await this.find(tx, target, values);
      const missing = values.filter((value) => !found.has(value));
      ({ made, faults } = await this.make(tx, target, missing, found));
    }
    for (const { row, link } of group) {
      const ids = found.get(link.value);
      if (ids?.length === 1) row.patch.values[target.field.column] = ids[0] as string;
      else row.errors.push(...(faults.get(link.value) ?? [unclear(target, link.value, ids)]));
    }
    return made.length > 0 ? [{ object: target.object.object, rows: made }] : [];
  }

  /** Ids of the records that hold each value; a name may be several records'. */
  private async find(
    tx: Transaction,
    target: Link['target'],
    values: readonly string[],
  ): Promise<Map<string, string[]>> {
    const { object } = target;
    const statements = [this.findStatement(target, values)];
    if (this.job.dryRun) statements.push(this.memory.find(object.object, target.by, values));
    const results = await tx.run(statements);
    const found = new Map<string, string[]>();
    for (const row of results.flatMap(({ rows }) => rows)) {
      const value = row['value'] as string;
      found.set(value, [...(found.get(value) ?? []), row['id'] as string]);
    }
    return found;
  }

  private findStatement(target: Link['target'], values: readonly string[]): Statement {
    const { ctx } = this.job;
    const { object, by } = target;
    const field = object.fieldByName.get(by);
    if (field && !field.unique) {
      return {
        text: `select r.${field.column} as value, r.id from ${object.table} r
          where r.workspace_id = $1 and r.${field.column} = any($2::text[]) and r.deleted_at is null`,
        params: [ctx.workspaceId, values],
      };
    }
    return findByKey(ctx, object, matchKey(object, new Map(), by), values);
  }

  /** New records that hold nothing but what they are referred to by. */
  private async make(
    tx: Transaction,
    target: Link['target'],
    values: readonly string[],
    found: Map<string, string[]>,
  ): Promise<{ made: RecordRow[]; faults: Map<string, FieldError[]> }> {
    const { ctx } = this.job;
    const { object, field } = target;
    const faults = new Map<string, FieldError[]>();
    const made: RecordRow[] = [];
    const settings = await this.kit.settings.of(ctx, object);
    for (const value of values) {
      const errors: FieldError[] = [];
      const body = bodyOf(target, value);
      const patch = parseRecord(object, body, { ...settings, lenient: true }, errors);
      checkComplete(object, patch.values, patch.custom, settings.properties, errors);
      if (errors.length > 0) {
        const detail = `there is no ${object.object} ${value}, and it cannot be made of that alone`;
        faults.set(value, [{ pointer: `/${field.name}`, code: 'reference', detail }]);
        continue;
      }
      const row = newRow(object, uuidv7(), patch, ownerOfNew(ctx, object, this.job.ownerId));
      made.push(row);
      found.set(value, [row.id]);
    }
    if (this.job.dryRun) await tx.run(this.memory.remember(keysOfMade(target, values, found)));
    return { made, faults };
  }
}

/** What a record made for a reference holds: without a name of its own, what it is called by. */
function bodyOf({ object, by }: Link['target'], value: string): Record<string, unknown> {
  const name = object.fieldByName.get('name')?.required ? { name: value } : {};
  if (by.startsWith('externalIds.')) return { ...name, externalIds: { [by.slice(12)]: value } };
  return { ...name, [by]: value };
}

function keysOfMade(
  { object, by }: Link['target'],
  values: readonly string[],
  found: ReadonlyMap<string, string[]>,
): RememberedKey[] {
  return values.flatMap((value) => {
    const [recordId] = found.get(value) ?? [];
    return recordId ? [{ object: object.object, key: by, value, recordId }] : [];
  });
}

const groupOf = ({ target }: Link): string => `${target.field.name}\n${target.by}`;

const lost = (pointer: string, detail: string): FieldError => ({
  pointer,
  code: 'reference',
  detail,
});

function unclear(target: Link['target'], value: string, ids: string[] | undefined): FieldError {
  const { object, by, field } = target;
  const detail = ids
    ? `${ids.length} ${object.plural} have the ${by} ${value}: name one by its id, domain or external id`
    : `there is no ${object.object} with the ${by} ${value}`;
  return lost(`/${field.name}`, detail);
}
