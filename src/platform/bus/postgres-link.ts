import pg from 'pg';
import type { Link, LinkListener } from './link.js';

const EVERYBODY = 'keel_bus';
const NOTIFY = { name: 'keel_notify', text: 'select pg_notify($1, $2)' };
const CONNECT_TIMEOUT = 2000;
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 2000;
/** A pooler seldom goes away. */
const PAUSE_WHEN_POOLED = 60_000;
/** How long a connection that is closed may take to say goodbye. */
const END_TIMEOUT = 500;

type Connection = pg.Client & { processID?: number };

/**
 * PostgreSQL's LISTEN and NOTIFY on one connection of their own. A notification is signalled to
 * every listener before its sender hears of success, and a listener passes on what it was
 * signalled before it answers its next query: so an answered empty query proves that all
 * notifications confirmed before it have arrived. An empty query takes no transaction id and
 * writes nothing.
 */
export class PostgresLink implements Link {
  readonly name = 'postgresql';
  private readonly own: string;
  private client: Connection | null = null;
  private listener: LinkListener | null = null;
  private retry: NodeJS.Timeout | undefined;
  private pause = FIRST_PAUSE;
  private up = false;
  private closed = false;
  private pooled = false;

  constructor(
    private readonly url: string,
    self: string,
  ) {
    this.own = channelOf(self);
  }

  isUp(): boolean {
    return this.up;
  }

  unusable(): string | null {
    return this.pooled ? 'LISTEN does not work through the connection pooler' : null;
  }

  open(listener: LinkListener): void {
    this.listener = listener;
    void this.connect();
  }

  async send(to: string | null, text: string): Promise<void> {
    const channel = to === null ? EVERYBODY : channelOf(to);
    await this.connection().query({ ...NOTIFY, values: [channel, text] });
  }

  async barrier(): Promise<void> {
    await this.connection().query('');
  }

  reconnect(): void {
    const client = this.client;
    if (client) this.lost(client, 'the server does not answer');
  }

  async close(): Promise<void> {
    this.closed = true;
    this.up = false;
    clearTimeout(this.retry);
    const client = this.client;
    if (!client) return;
    const hangs = setTimeout(() => client.connection.stream.destroy(), END_TIMEOUT);
    await client.end();
    clearTimeout(hangs);
  }

  private connection(): Connection {
    if (!this.up || !this.client) throw new Error('The bus has no connection to PostgreSQL');
    return this.client;
  }

  private async connect(): Promise<void> {
    const client: Connection = new pg.Client({
      connectionString: this.url,
      application_name: 'keel-bus',
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      keepAlive: true,
      // Proofs and publications must not wait for the answers of earlier ones.
      pipeline: true,
    });
    this.client = client;
    client.on('error', (error) => this.lost(client, error.message));
    client.on('end', () => this.lost(client, 'the connection was closed'));
    client.on('notification', ({ payload }) => this.listener?.receive(payload ?? ''));
    try {
      await client.connect();
      await this.listen(client);
    } catch (error) {
      this.lost(client, (error as Error).message);
    }
  }

  private async listen(client: Connection): Promise<void> {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    // A pooler makes up the process id it announces. Listening there hears some things, not all.
    this.pooled = rows[0]?.pid !== client.processID;
    if (this.pooled) throw new Error(this.unusable() ?? '');
    // A lost notification is noticed by its sender, so commits need not wait for the disk.
    await client.query(`set synchronous_commit = off; listen ${EVERYBODY}; listen ${this.own}`);
    if (this.closed || this.client !== client) return;
    this.pause = FIRST_PAUSE;
    this.up = true;
    this.listener?.up();
  }

  /** Drops a connection and makes the next one after a growing pause. */
  private lost(client: Connection, reason: string): void {
    if (this.client !== client) return;
    this.client = null;
    this.up = false;
    // The connection may hang: end() would wait for the server, so its socket goes as well.
    client.connection.stream.destroy();
    if (this.closed) return;
    this.listener?.down(reason);
    const pause = this.pooled ? PAUSE_WHEN_POOLED : this.pause;
    this.retry = setTimeout(() => void this.connect(), pause).unref();
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }
}

function channelOf(instance: string): string {
  return `keel_bus_${instance.replaceAll('-', '')}`;
}
