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
import { itemReferencesOf, missingReferences, referencesOf } from '../references.js';
import { describeErrors } from './bulk-job.js';
import type { BulkJob, Warnings } from './bulk-job.js';
import type { BulkMemory, RememberedKey } from './bulk-memory.js';
import { GivenValues } from './given-values.js';
import type { RowLink } from './given-values.js';
import { pointerOf } from './reference-steps.js';
import type { Link, ParsedRow } from './row-parser.js';
import type { LinkTarget } from './targets.js';

/** Records of another object that rows refer to and that there were not. */
export interface MadeReferences {
  object: string;
  rows: RecordRow[];
}

/** Any number that only Keel uses: two imports never make the same company at once. */
const LOCK = 5_203_340;

/** Finds what the rows of a chunk refer to, set by set, and makes what is missing when asked to. */
export class ChunkReferences {
  private readonly given: GivenValues;

  constructor(
    private readonly kit: RecordKit,
    private readonly job: BulkJob,
    private readonly memory: BulkMemory,
  ) {
    const { country, currency } = job.settings;
    this.given = new GivenValues(job.ctx, { country, currency, lenient: true });
  }

  /**
   * Puts the ids of references and owners into the rows; rows whose references lead nowhere say so.
   * @param warnings gets what rows say against the records they refer to.
   * @returns records to be made before the rows are written.
   */
  async resolve(
    tx: Transaction,
    rows: readonly ParsedRow[],
    warnings: Warnings,
  ): Promise<MadeReferences[]> {
    const good = rows.filter(({ errors }) => errors.length === 0);
    await this.resolveOwners(tx, good);
    await this.checkIds(tx, good);
    const links = good.flatMap((row) => row.links.map((link) => ({ row, link })));
    const made: MadeReferences[] = [];
    for (const group of Map.groupBy(links, ({ link }) => groupOf(link)).values()) {
      made.push(...(await this.resolveLinks(tx, group, warnings)));
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
        (target.kind === 'item' && target.member.references !== undefined) ||
        (target.kind === 'custom' && target.property.type === 'reference'),
    );
    if (!byId) return;
    const uses = rows.flatMap((row) =>
      [
        ...referencesOf(this.kit, definition, row.patch, settings.properties),
        ...itemReferencesOf(this.kit, this.job.list, row.item),
      ].map((use) => ({ ...use, row })),
    );
    for (const use of await missingReferences(tx, ctx, uses)) {
      (use as (typeof uses)[number]).row.errors.push(use.error);
    }
  }

  private async resolveLinks(
    tx: Transaction,
    group: RowLink[],
    warnings: Warnings,
  ): Promise<MadeReferences[]> {
    const { target } = (group[0] as RowLink).link;
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
      const missing = group.filter(({ link }) => !found.has(link.value));
      ({ made, faults } = await this.make(tx, target, missing, found));
    }
    for (const { row, link } of group) {
      const ids = found.get(link.value);
      if (ids?.length === 1) refer(row, target, ids[0] as string);
      else row.errors.push(...(faults.get(link.value) ?? [unclear(target, link.value, ids)]));
    }
    const idOf = ({ value }: Link): string | undefined => found.get(value)?.[0];
    await this.given.compare(tx, target.object, group, idOf, warnings);
    return made.length > 0 ? [{ object: target.object.object, rows: made }] : [];
  }

  /** Ids of the records that hold each value; a name may be several records'. */
  private async find(
    tx: Transaction,
    target: LinkTarget,
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

  private findStatement(target: LinkTarget, values: readonly string[]): Statement {
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

  /** New records with what they are referred to by, and what the rows say of them besides. */
  private async make(
    tx: Transaction,
    target: LinkTarget,
    missing: readonly RowLink[],
    found: Map<string, string[]>,
  ): Promise<{ made: RecordRow[]; faults: Map<string, FieldError[]> }> {
    const { ctx } = this.job;
    const { object } = target;
    const faults = new Map<string, FieldError[]>();
    const made: RecordRow[] = [];
    const settings = await this.kit.settings.of(ctx, object);
    const groups = Map.groupBy(missing, ({ link }) => link.value);
    for (const [value, group] of groups) {
      const errors: FieldError[] = [];
      const body = bodyOf(target, value, this.given.bodyOf(group));
      const patch = parseRecord(object, body, { ...settings, lenient: true }, errors);
      checkComplete(object, patch.values, patch.custom, settings.properties, errors);
      if (errors.length > 0) {
        faults.set(value, [cannotBeMade(target, value, errors)]);
        continue;
      }
      const row = newRow(object, uuidv7(), patch, ownerOfNew(ctx, object, this.job.ownerId));
      made.push(row);
      this.given.note(row.id, row.values);
      found.set(value, [row.id]);
    }
    const values = [...groups.keys()];
    if (this.job.dryRun) await tx.run(this.memory.remember(keysOfMade(target, values, found)));
    return { made, faults };
  }
}

/** Puts what was found into the row: into its list item, or into the record itself. */
function refer({ patch, item }: ParsedRow, { list, field, object }: LinkTarget, id: string): void {
  if (list && item) {
    item[field.name] = id;
    if (field.objectIn !== undefined) item[field.objectIn] = object.object;
  } else patch.values[field.column] = id;
}

/** What a record made for a reference holds: without a name of its own, what it is called by. */
function bodyOf(
  { object, by }: LinkTarget,
  value: string,
  given: Record<string, unknown>,
): Record<string, unknown> {
  const named = object.fieldByName.get('name')?.required ? { name: value } : {};
  const body: Record<string, unknown> = { ...named, ...given };
  if (!by.startsWith('externalIds.')) return { ...body, [by]: value };
  return { ...body, externalIds: { ...(body['externalIds'] ?? {}), [by.slice(12)]: value } };
}

function cannotBeMade(
  target: LinkTarget,
  value: string,
  errors: readonly FieldError[],
): FieldError {
  const lacking = errors.every(({ code }) => code === 'isNotEmpty' || code === 'incomplete');
  const why = lacking ? 'it cannot be made of that alone' : describeErrors(errors);
  const detail = `there is no ${target.object.object} ${value}, and ${why}`;
  return { pointer: pointerOf(target), code: 'reference', detail };
}

function keysOfMade(
  { object, by }: LinkTarget,
  values: readonly string[],
  found: ReadonlyMap<string, string[]>,
): RememberedKey[] {
  return values.flatMap((value) => {
    const [recordId] = found.get(value) ?? [];
    return recordId ? [{ object: object.object, key: by, value, recordId }] : [];
  });
}

const groupOf = ({ target }: Link): string =>
  `${target.list?.name}\n${target.field.name}\n${target.object.object}\n${target.by}`;

const lost = (pointer: string, detail: string): FieldError => ({
  pointer,
  code: 'reference',
  detail,
});

function unclear(target: LinkTarget, value: string, ids: string[] | undefined): FieldError {
  const { object, by } = target;
  const detail = ids
    ? `${ids.length} ${object.plural} have the ${by} ${value}: name one by its id, domain or external id`
    : `there is no ${object.object} with the ${by} ${value}`;
  return lost(pointerOf(target), detail);
}
