import { EventEmitter } from 'node:events';
import type { PgPoolClient, PgQueryResult } from 'bullmq';
import pg from 'pg';

type Query = <R>(text: string, params?: readonly unknown[]) => Promise<PgQueryResult<R>>;

const LISTEN = /\bLISTEN\s+(\w+)/i;
const NAME_CONNECTION = /set_config\('application_name'/;
const NOTHING: PgQueryResult<never> = { rows: [], rowCount: 0 };

/** The one connection of a process that hears of new jobs, on behalf of all its workers. */
export class JobListener {
  private connection: Promise<pg.Client> | null = null;
  private channels = new Map<string, Promise<void>>();
  private readonly leases = new Set<Lease>();

  constructor(private readonly settings: pg.ClientConfig) {}

  /** What BullMQ takes for a connection of its own. */
  lease(query: Query): PgPoolClient {
    const lease = new Lease(query, this);
    this.leases.add(lease);
    return lease;
  }

  /** Hears of the channel from now on; asked once for all workers. */
  listen(channel: string): Promise<void> {
    const known = this.channels.get(channel);
    if (known) return known;
    const listening = this.subscribe(channel).catch((error: unknown) => {
      this.channels.delete(channel);
      throw error;
    });
    this.channels.set(channel, listening);
    return listening;
  }

  release(lease: Lease): void {
    this.leases.delete(lease);
  }

  async close(): Promise<void> {
    const opening = this.connection;
    this.connection = null;
    this.leases.clear();
    const client = await opening?.catch(() => undefined); // it was never open
    client?.removeAllListeners('end');
    await client?.end();
  }

  private async subscribe(channel: string): Promise<void> {
    this.connection ??= this.open();
    const client = await this.connection;
    await client.query(`listen ${pg.escapeIdentifier(channel)}`);
  }

  private async open(): Promise<pg.Client> {
    const client = new pg.Client(this.settings);
    let isLost = false;
    const lost = (error: Error): void => {
      if (isLost) return;
      isLost = true;
      this.connection = null;
      this.channels.clear();
      // Each worker drops its lease and asks for another one, which opens a new connection.
      for (const lease of [...this.leases]) lease.fail(error);
    };
    client.on('error', lost);
    client.on('end', () => lost(new Error('Connection terminated')));
    client.on('notification', (message) => {
      for (const lease of this.leases) lease.emit('notification', message);
    });
    try {
      await client.connect();
    } catch (error) {
      lost(error as Error);
      throw error;
    }
    return client;
  }
}

/** See {@link JobListener.lease}. */
class Lease extends EventEmitter {
  constructor(
    private readonly run: Query,
    private readonly listener: JobListener,
  ) {
    super();
    this.setMaxListeners(0);
  }

  async query<R>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    const channel = LISTEN.exec(text)?.[1];
    if (channel !== undefined) {
      await this.listener.listen(channel);
      return NOTHING;
    }
    // Names one connection per worker; ours is shared.
    if (NAME_CONNECTION.test(text)) return NOTHING;
    return this.run<R>(text, params);
  }

  fail(error: Error): void {
    if (this.listenerCount('error') > 0) this.emit('error', error);
  }

  release(): void {
    this.listener.release(this);
  }
}
