import { createPostgresBackend, Queue, Worker } from 'bullmq';
import { PostgresConnections } from './postgres-connections.js';
import { QueueStore } from './queue-store.js';
import type { KeelQueue, KeelWorker, Processor, ReportError, RunOptions } from './queue-store.js';

/**
 * Seconds between looks for new jobs, where notifications come and where they do not. The former
 * is how long a job may wait whose notification fell into the loss of a connection.
 */
const LOOK_EVERY = 5;
const LOOK_EVERY_POOLED = 1;

/** Queues in PostgreSQL, in a schema of their own beside Keel's tables. */
export class PostgresStore extends QueueStore {
  override readonly kind = 'postgresql';
  private readonly queues = new Map<string, KeelQueue>();

  private constructor(
    private readonly connections: PostgresConnections,
    private readonly drainDelay: number,
    private readonly report: ReportError,
  ) {
    super();
  }

  /** @param size connections at most, besides the one that listens in a process with workers. */
  static async open(
    url: string,
    size: number,
    name: string,
    report: ReportError,
  ): Promise<PostgresStore> {
    const connections = new PostgresConnections(url, size, name);
    connections.on('error', report);
    const isPooled = await connections.isPooled();
    return new PostgresStore(connections, isPooled ? LOOK_EVERY_POOLED : LOOK_EVERY, report);
  }

  queue(name: string): KeelQueue {
    const known = this.queues.get(name);
    if (known) return known;
    const queue = new Queue(
      name,
      { connection: this.connections },
      createPostgresBackend,
    ) as unknown as KeelQueue;
    queue.on('error', this.report);
    this.queues.set(name, queue);
    // One that could not begin never would: the next caller gets a new one.
    queue.waitUntilReady().catch(() => this.queues.delete(name));
    return queue;
  }

  work(name: string, processor: Processor, options: RunOptions): KeelWorker {
    const worker = new Worker(
      name,
      processor,
      { drainDelay: this.drainDelay, ...options, connection: this.connections },
      createPostgresBackend,
    ) as unknown as KeelWorker;
    worker.on('error', this.report);
    return worker;
  }

  async ping(): Promise<void> {
    await this.connections.query('select 1');
  }

  async close(): Promise<void> {
    for (const queue of this.queues.values()) await queue.close();
    await this.connections.end();
  }
}
