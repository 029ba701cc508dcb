import type { RowError } from './file-error.js';
import { isOwnColumn } from './header.js';
import type { Limits } from './limits.js';
import type { Cell } from './row.js';
import { grouped } from './wording.js';

/** Objects within objects: `address.city` is two deep. */
const MOST_LEVELS = 5;
/** Lists within lists. */
const MOST_LISTS = 10;

const LONGEST_NAME = 1000;

/** A key met in the file, and the column its value goes to. */
interface Key {
  column: number;
  keys: Map<string, Key>;
}

/** A row that does not fit; caught where the row is made. */
export class Unfit extends Error {
  constructor(readonly error: RowError) {
    super(error.detail);
  }
}

/**
 * Gives every path of the objects of a file (`name`, `address.city`, `custom.tier`) a column, in
 * the order in which they are met. Lists are values.
 */
export class Columns {
  readonly headers: string[] = [];
  private readonly byName = new Map<string, number>();
  private readonly root: Key = { column: -1, keys: new Map() };
  private keys = 0;

  constructor(private readonly limits: Limits) {}

  /**
   * The values of an object in the order of `headers`, which may grow by it.
   * @throws Unfit
   */
  cellsOf(object: Readonly<Record<string, unknown>>): Cell[] {
    const cells = new Array<Cell>(this.headers.length).fill(undefined);
    this.fill(cells, object, this.root, '', 1);
    return cells;
  }

  private fill(cells: Cell[], object: object, parent: Key, path: string, level: number): void {
    for (const [name, value] of Object.entries(object) as [string, unknown][]) {
      if (level === 1 && isOwnColumn(name)) continue;
      const key = parent.keys.get(name) ?? this.newKey(parent, name);
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        this.put(cells, key, `${path}${name}`, value as Cell);
      } else if (level < MOST_LEVELS) {
        this.fill(cells, value, key, `${path}${name}.`, level + 1);
      } else {
        throw unfit('too-deep', `"${path}${name}" is nested too deep.`);
      }
    }
  }

  private put(cells: Cell[], key: Key, path: string, value: Cell): void {
    if (Array.isArray(value)) refuseDeep(value, path, 1);
    if (key.column === -1) key.column = this.columnOf(path);
    while (cells.length <= key.column) cells.push(undefined);
    if (cells[key.column] !== undefined) throw unfit('duplicate-key', `"${path}" is given twice.`);
    cells[key.column] = value;
  }

  private newKey(parent: Key, name: string): Key {
    // Keys that only ever hold empty objects have no column, and still must end somewhere.
    if (this.keys >= this.limits.maxColumns * MOST_LEVELS) throw this.tooMany();
    this.keys += 1;
    const key: Key = { column: -1, keys: new Map() };
    parent.keys.set(name, key);
    return key;
  }

  private columnOf(path: string): number {
    const known = this.byName.get(path);
    if (known !== undefined) return known;
    if (this.headers.length >= this.limits.maxColumns) throw this.tooMany();
    if (path.includes('\0') || !path.isWellFormed()) {
      throw unfit('invalid-encoding', 'A name in the row is not text.');
    }
    if (path.length > LONGEST_NAME) throw unfit('cell-too-long', `"${path}" is too long a name.`);
    this.byName.set(path, this.headers.length);
    return this.headers.push(path) - 1;
  }

  private tooMany(): Unfit {
    const most = grouped(this.limits.maxColumns);
    return unfit('too-many-columns', `The row has names beyond the ${most} of the rows before it.`);
  }
}

function refuseDeep(list: readonly unknown[], path: string, level: number): void {
  if (level > MOST_LISTS) throw unfit('too-deep', `The lists in "${path}" are nested too deep.`);
  for (const item of list) {
    if (typeof item === 'object' && item !== null) {
      refuseDeep(Object.values(item), path, level + 1);
    }
  }
}

export function unfit(code: RowError['code'], detail: string): Unfit {
  return new Unfit({ code, detail: detail.length > 300 ? `${detail.slice(0, 300)}…` : detail });
}
