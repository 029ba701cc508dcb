import type { FieldError } from '../../../common/errors.js';
import { uuidv7 } from '../../../common/uuid.js';
import type { ColumnValues, FieldSpec } from '../field-types.js';
import { itemsOf, mostItems, storedItems } from '../list-items.js';
import type { ListItem } from '../list-items.js';
import { blankItem, comparable } from '../list-matching.js';
import type { ParsedRow } from './parsed-row.js';
import type { Target } from './targets.js';

/** A list that rows of the chunk give items of, parsed once however many they are. */
interface Work {
  items: ListItem[];
  /** Items that the import has given: the next one takes this place. */
  at: number;
  isChanged: boolean;
  /** Former items that are not in the list now, by what is in them: they may come back. */
  displaced: Map<string, ListItem[]>;
  /** Places of the rows that gave new items. */
  rowOf: Map<ListItem, number>;
}

/** What earlier chunks have given a record. */
export interface GivenItems {
  /** Items of its list. */
  given: number;
  /** Whether it is new: nobody else has it yet. */
  isMade: boolean;
}

/** How far ahead a former item is looked for when those before it are gone. */
const LOOK_AHEAD = 20;

/**
 * The lists of the records of a chunk. The items of a record take, row by row, the places of those
 * it had before the import; one that says nothing new leaves the item there as it is, with its id
 * and what the server knows of it, so that the same file again changes nothing. What the file does
 * not have any more is cut off when the whole of it has been read.
 */
export class ChunkLists {
  private readonly works = new Map<string, Work>();
  private readonly named: readonly FieldSpec[];
  private readonly blank: ListItem;
  private readonly most: number;

  /** @param given how many items the import gave records in earlier chunks. */
  constructor(
    readonly list: FieldSpec,
    targets: readonly Target[],
    private readonly given: ReadonlyMap<string, GivenItems>,
  ) {
    const named = new Set(targets.flatMap(memberOf));
    this.named = list.items.filter(({ name }) => named.has(name));
    this.blank = blankItem(list);
    this.most = mostItems(list);
  }

  /** Whether a row before, of this or an earlier chunk, was of the record. */
  isBegun(id: string): boolean {
    return this.works.has(id) || this.given.has(id);
  }

  /** What the row's item lacks. */
  faultsOf({ item }: ParsedRow): FieldError[] {
    if (!item) return [];
    return this.list.items.flatMap(({ name, required }) => {
      if (!required || (item[name] ?? this.blank[name]) !== null) return [];
      const pointer = `/${this.list.name}/${name}`;
      return [{ pointer, code: 'isNotEmpty', detail: 'must be given' }];
    });
  }

  /**
   * Gives the record the row's item.
   * @param values of the record as it is after the rows before.
   * @param place of the row in the chunk.
   * @returns whether that changes the list, or what is wrong.
   */
  add(id: string, values: ColumnValues, row: ParsedRow, place: number): boolean | FieldError {
    const work = this.begin(id, values);
    if (!row.item) return false;
    if (work.at >= this.most) {
      const detail = `must hold at most ${this.most} items`;
      return { pointer: `/${this.list.name}`, code: 'arrayMaxSize', detail };
    }
    const item = { ...this.blank, ...row.item };
    const isChange = this.place(work, item, place);
    work.at += 1;
    work.isChanged ||= isChange;
    return isChange;
  }

  /** The column's value for records whose list has changed. */
  *changed(): Generator<{ id: string; stored: string }> {
    for (const [id, { isChanged, items }] of this.works) {
      if (isChanged) yield { id, stored: storedItems(items) };
    }
  }

  /**
   * Takes items out that the domain's rules refuse.
   * @param places of the items in the list.
   * @returns places of the rows that gave them, each with its item's place; null when one of the
   * items is not of this chunk.
   */
  drop(id: string, places: ReadonlySet<number>): Map<number, number> | null {
    const work = this.works.get(id);
    if (!work) return null;
    const rows = new Map<number, number>();
    for (const place of places) {
      const item = work.items[place];
      const row = item && work.rowOf.get(item);
      if (row === undefined) return null;
      rows.set(place, row);
    }
    work.items = work.items.filter((_item, index) => !places.has(index));
    work.at -= rows.size;
    return rows;
  }

  /** Forgets a record none of whose rows are taken. */
  forget(id: string): void {
    this.works.delete(id);
  }

  /** How many items the import has given each record, and how many it has. */
  progress(isNew: (id: string) => boolean): (GivenItems & { id: string; length: number })[] {
    return [...this.works].map(([id, { at, items }]) => {
      const isMade = this.isMade(id) || isNew(id);
      return { id, given: at, length: items.length, isMade };
    });
  }

  /** Whether an earlier chunk made the record. */
  isMade(id: string): boolean {
    return this.given.get(id)?.isMade === true;
  }

  private begin(id: string, values: ColumnValues): Work {
    const known = this.works.get(id);
    if (known) return known;
    const items = itemsOf<ListItem>(values[this.list.column]);
    const at = Math.min(this.given.get(id)?.given ?? 0, items.length);
    const work = { items, at, isChanged: false, displaced: new Map(), rowOf: new Map() };
    this.works.set(id, work);
    return work;
  }

  /** @returns whether the item is another than stood there. */
  private place(work: Work, item: ListItem, row: number): boolean {
    const { items, at, displaced } = work;
    const former = items[at];
    if (!former) {
      items.push({ ...item, id: uuidv7() });
      work.rowOf.set(items[at] as ListItem, row);
      return true;
    }
    if (this.agree(item, former)) return false;
    const ahead = this.findAhead(work, item);
    if (ahead > 0) {
      for (const gone of items.splice(at, ahead)) this.displace(work, gone);
      return true;
    }
    this.displace(work, former);
    const back = displaced.get(this.contentOf(item))?.shift();
    items[at] = back ?? { ...item, id: uuidv7() };
    if (!back) work.rowOf.set(items[at], row);
    return true;
  }

  private findAhead({ items, at }: Work, item: ListItem): number {
    const end = Math.min(items.length, at + LOOK_AHEAD);
    for (let index = at + 1; index < end; index += 1) {
      if (this.agree(item, items[index] as ListItem)) return index - at;
    }
    return 0;
  }

  private displace({ displaced }: Work, item: ListItem): void {
    const content = this.contentOf(item);
    displaced.set(content, [...(displaced.get(content) ?? []), item]);
  }

  /** Whether the file says of the item what it is anyway; what it leaves open the server decides. */
  private agree(item: ListItem, stored: ListItem): boolean {
    return this.named.every((member) => {
      const [said, had] = [item[member.name], stored[member.name]];
      if (said === null || said === had) return true;
      return comparable(member, said) === comparable(member, had);
    });
  }

  private contentOf(item: ListItem): string {
    return JSON.stringify(this.named.map(({ name }) => item[name]));
  }
}

function memberOf(target: Target): string[] {
  if (target.kind === 'item') return [target.member.name];
  return target.kind === 'link' && target.list ? [target.field.name] : [];
}
