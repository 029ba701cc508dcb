import type { Connection, PoolClient, Submittable } from 'pg';
import Result from 'pg/lib/result.js';
import { prepareValue } from 'pg/lib/utils.js';
import { typeParsers } from './type-parsers.js';

/** One SQL statement with its parameters (`$1`, `$2`, …). */
export interface Statement {
  text: string;
  params?: readonly unknown[];
}

export type Row = Record<string, unknown>;

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
  parse(query: { text: string; name?: string; types?: number[] }): void;
  bind(config: Record<string, unknown>): void;
  describe(config: Record<string, unknown>): void;
  execute(config: Record<string, unknown>): void;
  sync(): void;
  stream: { cork(): void; uncork(): void };
  sendCopyFail(message: string): void;
  on(event: string, listener: () => void): this;
}

/** What this process knows of a connection: the statements parsed there and the running pipeline. */
interface Prepared {
  parsed: Set<string>;
  active: Pipeline | null;
}
const prepared = new WeakMap<Wire, Prepared>();

function preparedOn(wire: Wire): Prepared {
  let state = prepared.get(wire);
  if (!state) {
    const created: Prepared = { parsed: new Set(), active: null };
    wire.on('parseComplete', () => created.active?.confirmParse(created));
    prepared.set(wire, created);
    state = created;
  }
  return state;
}

/**
 * Sends several statements and one Sync in a single write. PostgreSQL runs them as one implicit
 * transaction: all of them take effect or none, in one round trip, without BEGIN and COMMIT. This
 * also makes `set_config(…, true)` in the first statement last exactly for the others.
 */
class Pipeline implements Submittable {
  private readonly results: InstanceType<typeof Result>[] = [];
  private readonly parsing: (string | undefined)[] = [];
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

  submit(connection: Connection): void {
    const wire = connection as unknown as Wire;
    const state = preparedOn(wire);
    state.active = this;
    wire.stream.cork();
    try {
      for (const statement of this.statements) this.send(wire, state, statement);
    } finally {
      wire.sync();
      wire.stream.uncork();
    }
  }

  private send(wire: Wire, state: Prepared, { text, params = [] }: Statement): void {
    const name = this.named ? nameOf(text) : undefined;
    if (name === undefined || !(state.parsed.has(name) || this.parsing.includes(name))) {
      wire.parse({ text, name });
      this.parsing.push(name);
    }
    wire.bind({ portal: '', statement: name, values: params, valueMapper: prepareValue });
    wire.describe({ type: 'P', name: '' });
    wire.execute({ portal: '', rows: 0 });
    this.results.push(new Result(undefined, typeParsers));
  }

  confirmParse(state: Prepared): void {
    const name = this.parsing.shift();
    if (name !== undefined) state.parsed.add(name);
  }

  private index = 0;

  handleRowDescription(message: { fields: unknown[] }): void {
    this.results[this.index]?.addFields(message.fields);
  }

  handleDataRow(message: { fields: (string | null)[] }): void {
    const result = this.results[this.index];
    if (result && !this.failure) {
      try {
        result.addRow(result.parseRow(message.fields));
      } catch (error) {
        this.failure = error as Error;
      }
    }
  }

  handleCommandComplete(message: { text: string }): void {
    this.results[this.index]?.addCommandComplete(message);
    this.index += 1;
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
    else this.callback(null, this.results);
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
