import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import type { FieldType, FilterField } from '../../common/filter/index.js';
import { PROPERTY_TYPES } from '../../platform/records/custom-properties.js';
import type { CustomProperty } from '../../platform/records/custom-properties.js';
import { fieldSchema } from '../../platform/records/filter-schema.js';
import type { ObjectDefinition } from '../../platform/records/object-definition.js';
import type { WorkspaceSettings } from '../../platform/records/record-settings.js';
import type { Reportable } from './line-object.js';

/** A field as a report can use it. */
export interface ReportField {
  name: string;
  type: FieldType;
  /** Its value, as SQL over the row `r`; of tags and multi-selects the list of them. */
  sql: string;
  /** An amount: the name of the field with its currency, and its SQL. */
  currency?: { name: string; sql: string };
  /** Column of the row `r` that filters compare; undefined for what `record_index` finds. */
  column?: string;
  /** How filters read values. */
  filter: FilterField;
}

/** An object with what the workspace has settled for it. */
export interface Target {
  definition: Reportable;
  settings: WorkspaceSettings;
}

/** Users are no records, but their names can be grouped by. */
const USER_FIELDS = new Set(['name', 'email']);
/** Records that a name may lead through: `order.company.address.country`. */
const DEEPEST = 2;

interface Place {
  /** Alias of the row the field is of. */
  alias: string;
  target: Target;
  depth: number;
}

interface Found {
  type: FieldType;
  sql: string;
  currency?: { name: string; sql: string };
  filter: FilterField;
  /** Plain column of the row itself. */
  column?: string;
}

/**
 * The fields of an object and of the records it points to, each joined only when it is asked for.
 * Joined fields become columns of the row `r`, so that filters compare them as any others.
 */
export class ReportFields {
  private readonly joins = new Map<string, { alias: string; sql: string }>();
  private readonly columns = new Map<string, string>();
  private readonly known = new Map<string, ReportField>();

  constructor(
    private readonly ctx: RequestContext,
    private readonly base: Target,
    private readonly targets: ReadonlyMap<string, Target>,
  ) {}

  /** @throws Problem 403 for a field of records the caller may not read. */
  get(name: string): ReportField | undefined {
    const known = this.known.get(name);
    if (known) return known;
    const found = this.find(name, { alias: 'r', target: this.base, depth: 0 });
    if (!found) return undefined;
    const field = isJoined(found.sql) ? this.lift(name, found) : { ...found, name };
    this.known.set(name, field);
    return field;
  }

  /** The rows of the report, as an item of FROM named `r`. */
  from(): string {
    const { definition } = this.base;
    const columns = [...this.columns].map(([sql, alias]) => `${sql} as ${alias}`);
    if (definition.isPart) columns.unshift('r.order_id as id');
    if (columns.length === 0) return `${definition.table} r`;
    const joins = [...this.joins.values()].map(({ sql }) => sql).join('\n');
    return `(select r.*, ${columns.join(', ')} from ${definition.table} r\n${joins}) r`;
  }

  /** Plurals of the objects that are read: writes to them make the report stale. */
  objects(): string[] {
    const plurals = [...this.joins.keys()].map((key) => key.split(' ')[1] as string);
    const own = this.base.definition.isPart ? 'orders' : this.base.definition.plural;
    return [...new Set([own, ...plurals])];
  }

  /** Makes a joined field a column of `r`. */
  private lift(name: string, found: Found): ReportField {
    const column = this.columnOf(found.sql);
    const { type, filter, currency } = found;
    return {
      ...{ name, type, column, sql: `r.${column}` },
      // Lists are found through the index of their own object alone.
      filter: isList(type) ? { ...filter, filterable: false } : filter,
      ...(currency && {
        currency: { name: currency.name, sql: `r.${this.columnOf(currency.sql)}` },
      }),
    };
  }

  private columnOf(sql: string): string {
    const column = this.columns.get(sql) ?? `x${this.columns.size}`;
    this.columns.set(sql, column);
    return column;
  }

  private find(name: string, place: Place): Found | undefined {
    const { target, alias } = place;
    const path = target.definition.paths.get(name);
    if (path) return this.ofPath(name, place);
    if (!target.definition.isPart) {
      const own = ofCommon(name, alias, target);
      if (own) return own;
    }
    const dot = name.indexOf('.');
    if (dot < 1 || place.depth >= DEEPEST) return undefined;
    return this.related(name.slice(0, dot), name.slice(dot + 1), place);
  }

  private ofPath(name: string, { alias, target }: Place): Found | undefined {
    const { definition } = target;
    const path = definition.paths.get(name);
    const filter = schemaOf(target)(name);
    if (!path || !filter) return undefined;
    const currency = currencyNameOf(name, definition);
    const money = currency === undefined ? undefined : definition.paths.get(currency);
    return {
      type: path.type,
      sql: `${alias}.${path.column}`,
      column: path.column,
      filter,
      ...(money &&
        currency !== undefined && {
          currency: { name: currency, sql: `${alias}.${money.column}` },
        }),
    };
  }

  private related(include: string, rest: string, place: Place): Found | undefined {
    const { target, alias } = place;
    if (include === 'owner' && !target.definition.isPart)
      return this.ofUser(`${alias}.owner_id`, rest);
    const field = target.definition.references.find((item) => item.references?.include === include);
    const object = field?.references?.object;
    if (!field || object === undefined) return undefined;
    const key = `${alias}.${field.column}`;
    if (object === 'user') return this.ofUser(key, rest);
    const next = this.targets.get(object);
    return next && this.ofRecord(include, rest, { ...place, target: next }, { key, object });
  }

  /** A field of a record that is pointed to. */
  private ofRecord(
    include: string,
    rest: string,
    { target, depth }: Place,
    { key, object }: { key: string; object: string },
  ): Found | undefined {
    const { table, plural } = target.definition;
    const alias = this.join(table, plural, key, object);
    const found = this.find(rest, { alias, target, depth: depth + 1 });
    if (!found?.currency) return found;
    return { ...found, currency: { ...found.currency, name: `${include}.${found.currency.name}` } };
  }

  private ofUser(key: string, rest: string): Found | undefined {
    if (!USER_FIELDS.has(rest)) return undefined;
    const sql = `${this.join('users', 'users', key)}.${rest}`;
    return { type: 'text', sql, filter: { type: 'text', filterable: true } };
  }

  private join(table: string, plural: string, key: string, object?: string): string {
    const known = this.joins.get(`${key} ${plural}`);
    if (known) return known.alias;
    const reach = object === undefined ? 'all' : this.ctx.grants.get(`${object}:read`);
    if (!reach) throw new Problem('forbidden', `You need the permission ${object}:read.`);
    const alias = `j${this.joins.size}`;
    // The id of a user who signed in: a UUID, so it can stand in the statement.
    const own =
      reach === 'own' ? ` and ${alias}.owner_id = '${this.ctx.principal.userId ?? ''}'::uuid` : '';
    const sql = `left join ${table} ${alias} on ${alias}.workspace_id = r.workspace_id
      and ${alias}.id = ${key}${own}`;
    this.joins.set(`${key} ${plural}`, { alias, sql });
    return alias;
  }
}

const isJoined = (sql: string): boolean => /\bj\d+\./.test(sql);

const schemaOf = ({ definition, settings }: Target) =>
  fieldSchema(definition as ObjectDefinition, settings);

/** The name of the field with an amount's currency. */
function currencyNameOf(name: string, definition: Reportable): string | undefined {
  if (!name.includes('.')) return definition.fieldByName.get(name)?.currencyIn;
  const [first = '', last] = name.split('.');
  const isMoney = last === 'amount' && definition.fieldByName.get(first)?.kindName === 'money';
  return isMoney ? `${first}.currency` : undefined;
}

/** Types of fields with several values. */
export const isList = (type: FieldType): boolean => type === 'tags' || type === 'multiselect';

/** What every record has besides its fields: tags, ids of other systems, the workspace's own. */
function ofCommon(name: string, alias: string, target: Target): Found | undefined {
  const filter = schemaOf(target)(name);
  if (!filter) return undefined;
  if (name === 'tags') return { type: 'tags', sql: `${alias}.tags`, filter };
  if (name.startsWith('externalIds.')) {
    // Letters, digits, _ and - (see `fieldSchema`), so it can stand in the statement.
    return { type: 'text', sql: `${alias}.external_ids ->> '${name.slice(12)}'`, filter };
  }
  const property = target.settings.properties.get(name.slice('custom.'.length));
  return property && { ...ofCustom(property, `${alias}.custom`), filter };
}

/** Names are letters, digits and _ (see PropertyInput), so they can stand in the statement. */
function ofCustom({ name, type }: CustomProperty, custom: string): Omit<Found, 'filter'> {
  const value = `${custom} ->> '${name}'`;
  const filter = PROPERTY_TYPES[type];
  switch (type) {
    case 'number':
      return { type: 'decimal', sql: `(${value})::numeric` };
    case 'money':
      return {
        type: filter,
        sql: `(${custom} -> '${name}' ->> 'amount')::numeric`,
        currency: {
          name: `custom.${name}.currency`,
          sql: `(${custom} -> '${name}' ->> 'currency')`,
        },
      };
    case 'date':
      return { type: filter, sql: `(${value})::date` };
    case 'boolean':
      return { type: filter, sql: `(${value})::boolean` };
    case 'reference':
      return { type: filter, sql: `(${value})::uuid` };
    case 'multiSelect':
      return { type: filter, sql: `(${custom} -> '${name}')` };
    default:
      return { type: filter, sql: `(${value})` };
  }
}
