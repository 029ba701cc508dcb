import { createRedisBackend, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { QueueStore } from './queue-store.js';
import type { KeelQueue, KeelWorker, Processor, ReportError, RunOptions } from './queue-store.js';

/** Keeps BullMQ's keys apart from the cache's, should both share a Redis. */
const PREFIX = 'keel:queue';

/** Queues in Redis. One connection is shared, and each kind of job a worker takes waits on its own. */
export class RedisStore extends QueueStore {
  override readonly kind = 'redis';
  private readonly queues = new Map<string, KeelQueue>();

  private constructor(
    private readonly redis: Redis,
    private readonly report: ReportError,
  ) {
    super();
  }

  static open(url: string, report: ReportError): RedisStore {
    const redis = new Redis(url, {
      maxRetriesPerRequest: null, // BullMQ asks for it: a command waits until Redis is back
      connectTimeout: 10_000,
      retryStrategy: (attempt) => Math.min(attempt * 100, 3000),
    });
    redis.on('error', report);
    return new RedisStore(redis, report);
  }

  queue(name: string): KeelQueue {
    const known = this.queues.get(name);
    if (known) return known;
    const options = {
      connection: this.redis,
      prefix: PREFIX,
      streams: { events: { maxLen: 100 } },
    };
    const queue: KeelQueue = new Queue(name, options, createRedisBackend);
    queue.on('error', this.report);
    this.queues.set(name, queue);
    return queue;
  }

  work(name: string, processor: Processor, options: RunOptions): KeelWorker {
    const settings = { ...options, connection: this.redis, prefix: PREFIX };
    const worker: KeelWorker = new Worker(name, processor, settings, createRedisBackend);
    worker.on('error', this.report);
    return worker;
  }

  async ping(): Promise<void> {
    await this.redis.ping();
  }

  async close(): Promise<void> {
    for (const queue of this.queues.values()) await queue.close();
    this.redis.disconnect();
  }
}
