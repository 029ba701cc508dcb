import { normalizeDecimal } from '../../common/values/decimal.js';
import { uuidv7 } from '../../common/uuid.js';
import type { ColumnValues, FieldSpec } from './field-types.js';
import { itemsOf, storedItems } from './list-items.js';
import type { GivenItem, ListItem } from './list-items.js';

/**
 * A list that is given whole, completed: as it is stored if it says what is stored already. An item
 * without id that equals, in the members given, one that is stored keeps the id of that; so does one
 * that says the same as the item of its id keep all that the server knows of it.
 * @param given items as a body or cell gives them.
 * @param stored what the record has so far; undefined for a new one.
 */
export function completedList(
  list: FieldSpec,
  given: ColumnValues[string] | undefined,
  stored?: ColumnValues[string],
): string {
  const known = itemsOf<ListItem>(stored);
  const items = itemsOf<GivenItem>(given);
  const ids = recognised(list, items, known);
  const byId = new Map(known.map((item) => [item.id, item]));
  const blank = blankItem(list);
  let isSame = items.length === known.length;
  const completed = items.map((item, index) => {
    const id = ids[index] ?? uuidv7();
    const former = byId.get(id);
    const kept = former && saysTheSame(list, { ...blank, ...item }, former) ? former : undefined;
    isSame &&= kept !== undefined && kept === known[index];
    return kept ?? { ...blank, ...item, id };
  });
  return isSame && typeof stored === 'string' ? stored : storedItems(completed);
}

/** An item that says nothing. */
export const blankItem = (list: FieldSpec): ListItem => ({
  id: '',
  ...Object.fromEntries(list.items.map((member) => [member.name, firstValue(member)])),
});

function firstValue({ initial, columns, column, kind }: FieldSpec): unknown {
  const values: ColumnValues = {};
  if (initial !== undefined) values[columns[0]?.column ?? column] = initial;
  return kind.value(column, values);
}

/** A member's value in the form in which equal values are equal: `2.50` and `2.5` are the same. */
export function comparable({ kindName }: FieldSpec, value: unknown): unknown {
  if (kindName === 'decimal' && typeof value === 'string') {
    const number = normalizeDecimal(value, { precision: 31, scale: 12, excess: 'round' });
    return number.error ? value : number.value;
  }
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

/** Whether an item has what is stored, but for what the server fills in and works out. */
function saysTheSame(list: FieldSpec, item: ListItem, stored: ListItem): boolean {
  return list.items.every((member) => {
    const { name, readOnly, filled } = member;
    if (readOnly) return true;
    let said = item[name];
    if (said === null && filled) {
      if (item[filled.from] !== null) return true;
      said = filled.otherwise ?? null;
    }
    return comparable(member, said) === comparable(member, stored[name]);
  });
}

/** The ids of the items: those given, else those of equal items, in their order and each once. */
function recognised(
  list: FieldSpec,
  items: readonly GivenItem[],
  known: readonly ListItem[],
): (string | undefined)[] {
  const ids = items.map(({ id }) => id);
  const named = new Set(ids);
  const free = new EqualItems(
    list,
    known.filter(({ id }) => !named.has(id)),
  );
  // What stands in its old place first: of items that are equal, each stays where it is.
  for (const [index, item] of items.entries()) {
    const former = known[index];
    if (ids[index] === undefined && former) ids[index] = free.takeThis(former, item);
  }
  return items.map((item, index) => ids[index] ?? free.take(item));
}

/** Stored items whose ids no item has yet, by what is in them. */
class EqualItems {
  private readonly free: Set<string>;
  /** Ids by content, for each set of members that items give. */
  private readonly indexes = new Map<string, Map<string, string[]>>();

  constructor(
    private readonly list: FieldSpec,
    private readonly known: readonly ListItem[],
  ) {
    this.free = new Set(known.map(({ id }) => id));
  }

  /** The id of the stored item if it equals the given one and is free. */
  takeThis(stored: ListItem, item: GivenItem): string | undefined {
    if (!this.free.has(stored.id)) return undefined;
    const members = this.membersOf(item);
    if (members.length === 0) return undefined;
    if (contentOf(members, item) !== contentOf(members, stored)) return undefined;
    this.free.delete(stored.id);
    return stored.id;
  }

  /** The id of the first stored item that equals the given one and is free. */
  take(item: GivenItem): string | undefined {
    if (this.free.size === 0) return undefined;
    const members = this.membersOf(item);
    const ids = this.indexOf(members).get(contentOf(members, item));
    for (let id = ids?.shift(); id !== undefined; id = ids?.shift()) {
      if (this.free.delete(id)) return id;
    }
    return undefined;
  }

  private membersOf(item: GivenItem): FieldSpec[] {
    return this.list.items.filter(({ name }) => (item[name] ?? null) !== null);
  }

  private indexOf(members: readonly FieldSpec[]): ReadonlyMap<string, string[]> {
    const key = members.map(({ name }) => name).join();
    const index = this.indexes.get(key) ?? new Map<string, string[]>();
    if (this.indexes.has(key) || members.length === 0) return index;
    this.indexes.set(key, index);
    for (const item of this.known) {
      const content = contentOf(members, item);
      index.set(content, [...(index.get(content) ?? []), item.id]);
    }
    return index;
  }
}

const contentOf = (members: readonly FieldSpec[], item: GivenItem): string =>
  JSON.stringify(members.map((member) => comparable(member, item[member.name])));
