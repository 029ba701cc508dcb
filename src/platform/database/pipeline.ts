import type { Connection, PoolClient, Submittable } from 'pg';
import { serialize } from 'pg-protocol';
import { prepareValue } from 'pg/lib/utils.js';
import { RowShape } from './row-shape.js';
import type { FieldDescription, Row } from './row-shape.js';

export type { Row } from './row-shape.js';

/** One SQL statement with its parameters (`$1`, `$2`, …). */
export interface Statement {
  text: string;
  params?: readonly unknown[];
}

/** Rows of one statement and the number of rows it touched. */
export interface StatementResult<R = Row> {
  rows: R[];
  rowCount: number;
}

/** Statement texts that are prepared once per connection; later ones are parsed at each use. */
const MAX_PREPARED = 400;
const names = new Map<string, string>();

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined) return known;
  if (names.size >= MAX_PREPARED) return undefined;
  const name = `keel_${names.size}`;
  names.set(text, name);
  return name;
}

interface Wire {
  stream: { write(bytes: Buffer): boolean };
  sendCopyFail(message: string): void;
  on(event: string, listener: () => void): this;
}

/** What this process knows of a connection: the statements parsed there and the running pipeline. */
interface Prepared {
  parsed: Set<string>;
  /** What the statements answer, which stays the same: PostgreSQL refuses to run them otherwise. */
  shapes: Map<string, RowShape>;
  active: Pipeline | null;
}
const prepared = new WeakMap<Wire, Prepared>();

function preparedOn(wire: Wire): Prepared {
  let state = prepared.get(wire);
  if (!state) {
    const created: Prepared = { parsed: new Set(), shapes: new Map(), active: null };
    wire.on('parseComplete', () => created.active?.confirmParse());
    prepared.set(wire, created);
    state = created;
  }
  return state;
}

const NO_ROWS = new RowShape([]);

/** One statement under way. */
interface Running {
  name: string | undefined;
  shape: RowShape;
  /** The shape is asked for, and still to be remembered. */
  isAsked: boolean;
  result: StatementResult;
}

/**
 * Sends several statements and one Sync in a single write. PostgreSQL runs them as one implicit
 * transaction: all of them take effect or none, in one round trip, without BEGIN and COMMIT. This
 * also makes `set_config(…, true)` in the first statement last exactly for the others.
 */
class Pipeline implements Submittable {
  private readonly running: Running[] = [];
  private readonly parsing: (string | undefined)[] = [];
  private state!: Prepared;
  private index = 0;
  private failure: Error | null = null;
  /** `pg` replaces the callback when a read times out. */
  callback: (error: Error | null, results?: StatementResult[]) => void;

  constructor(
    private readonly statements: readonly Statement[],
    private readonly named: boolean,
    callback: (error: Error | null, results?: StatementResult[]) => void,
  ) {
    this.callback = callback;
  }

  submit(connection: Connection): Error | undefined {
    const wire = connection as unknown as Wire;
    this.state = preparedOn(wire);
    const messages: Buffer[] = [];
    try {
      for (const statement of this.statements) this.add(messages, statement);
    } catch (error) {
      return error as Error; // nothing has been sent
    }
    messages.push(serialize.sync());
    this.state.active = this;
    // In one piece: each message of its own would be a chunk for the socket to keep account of.
    wire.stream.write(Buffer.concat(messages));
    return undefined;
  }

  private add(messages: Buffer[], { text, params = [] }: Statement): void {
    const { parsed, shapes } = this.state;
    const name = this.named ? nameOf(text) : undefined;
    if (name === undefined || !(parsed.has(name) || this.parsing.includes(name))) {
      messages.push(serialize.parse({ text, name }));
      this.parsing.push(name);
    }
    const values = params as unknown[];
    messages.push(serialize.bind({ statement: name, values, valueMapper: prepareValue }));
    const shape = name === undefined ? undefined : shapes.get(name);
    if (!shape) messages.push(serialize.describe({ type: 'P' }));
    messages.push(serialize.execute());
    const result = { rows: [], rowCount: 0 };
    this.running.push({ name, shape: shape ?? NO_ROWS, isAsked: !shape, result });
  }

  confirmParse(): void {
    const name = this.parsing.shift();
    if (name !== undefined) this.state.parsed.add(name);
  }

  handleRowDescription(message: { fields: FieldDescription[] }): void {
    const running = this.running[this.index];
    if (running) running.shape = new RowShape(message.fields);
  }

  handleDataRow(message: { fields: (string | null)[] }): void {
    const running = this.running[this.index];
    if (running && !this.failure) {
      try {
        running.result.rows.push(running.shape.read(message.fields));
      } catch (error) {
        this.failure = error as Error;
      }
    }
  }

  handleCommandComplete(message: { text: string }): void {
    const running = this.running[this.index];
    this.index += 1;
    if (!running) return;
    // The count is the last word: `SELECT 5`, `INSERT 0 5`; `BEGIN` has none.
    running.result.rowCount = Number(/ (\d+)$/.exec(message.text)?.[1] ?? 0);
    const { name, isAsked, shape } = running;
    if (isAsked && name !== undefined) this.state.shapes.set(name, shape);
  }

  handleEmptyQuery(): void {
    this.index += 1;
  }

  handlePortalSuspended(): void {
    this.failure = new Error('A pipelined statement was suspended');
  }

  handleCopyInResponse(connection: Wire): void {
    connection.sendCopyFail('COPY cannot be pipelined');
  }

  handleCopyData(): void {
    this.failure = new Error('COPY cannot be pipelined');
  }

  handleError(error: Error, connection: Connection): void {
    preparedOn(connection as unknown as Wire).active = null;
    this.callback(error);
    this.callback = () => undefined;
  }

  handleReadyForQuery(connection: Connection): void {
    preparedOn(connection as unknown as Wire).active = null;
    if (this.failure) this.callback(this.failure);
    else
      this.callback(
        null,
        this.running.map(({ result }) => result),
      );
  }
}

/**
 * Runs statements in order as one implicit transaction (or as part of the client's open one).
 * @param named whether statements may be prepared by name: not through a transaction pooler.
 * @returns one result per statement.
 * @throws the first statement's error; nothing of an implicit transaction remains then.
 */
export function runPipeline(
  client: PoolClient,
  statements: readonly Statement[],
  named: boolean,
): Promise<StatementResult[]> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, results?: StatementResult[]): void => {
      if (error) {
        Error.captureStackTrace(error, runPipeline);
        reject(error);
      } else resolve(results as StatementResult[]);
    };
    client.query(new Pipeline(statements, named, done));
  });
}

/** True when the server process behind the connection is not the one that greeted us: a pooler. */
export async function isPooled(client: PoolClient): Promise<boolean> {
  const { rows } = await client.query<[number]>({
    text: 'select pg_backend_pid()',
    rowMode: 'array',
  });
  return rows[0]?.[0] !== (client as PoolClient & { processID: number }).processID;
}
