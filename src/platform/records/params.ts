import pg from 'pg';
import { prepareValue } from 'pg/lib/utils.js';

/** Collects the parameters of a statement while its text is put together. */
export class Params {
  readonly values: unknown[] = [];
  /** The workspace, which every statement over records begins with. */
  readonly workspace: string;

  constructor(workspaceId: string) {
    this.workspace = this.add(workspaceId);
  }

  /** Adds a value and returns its placeholder, with a cast when given. */
  add(value: unknown, cast?: string): string {
    this.values.push(value);
    return cast ? `$${this.values.length}::${cast}` : `$${this.values.length}`;
  }
}

/** Writes values into the text instead, escaped: COPY takes no parameters. */
export class Literals extends Params {
  override add(value: unknown, cast?: string): string {
    const prepared = prepareValue(value) as string | null;
    const literal = prepared === null ? 'null' : pg.escapeLiteral(String(prepared));
    return cast ? `${literal}::${cast}` : literal;
  }
}
