import { Global, Logger, Module } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Config } from '../../config/config.js';
import { JobQueue } from './job-queue.js';
import { JobRelay } from './job-relay.js';
import { JobWorkers } from './job-workers.js';
import { PostgresStore } from './postgres-store.js';
import { QueueAdmin } from './queue-admin.js';
import { QueueStore } from './queue-store.js';
import type { ReportError } from './queue-store.js';
import { RedisStore } from './redis-store.js';

/** Connections of BullMQ to PostgreSQL for each process, at most; a worker has one more to listen. */
const CONNECTIONS = 3;

/** Milliseconds between two lines about troubles of the queues. */
const REPORT_PAUSE = 10_000;

/** Opens the queues where the configuration wants them: in Redis when one is named. */
export async function openQueueStore(config: Config): Promise<QueueStore> {
  const report = reportSeldom(new Logger('queue'));
  const redisUrl = config.queueRedisUrl ?? config.redisUrl;
  if (redisUrl !== undefined) return RedisStore.open(redisUrl, report);
  return PostgresStore.open(config.databaseUrl ?? '', CONNECTIONS, 'keel-queue', report);
}

/** One lost connection is noticed by every queue and worker: tells of it once. */
function reportSeldom(logger: Logger): ReportError {
  let last = -Infinity;
  return (error) => {
    if (performance.now() - last < REPORT_PAUSE) return;
    last = performance.now();
    logger.warn({ error }, 'The queues are in trouble; they are tried again all the time');
  };
}

/** Asking for jobs, in every process. The worker starts {@link JobWorkers} on top. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    { provide: QueueStore, useFactory: openQueueStore, inject: [Config] },
    JobRelay,
    JobQueue,
    JobWorkers,
    QueueAdmin,
  ],
  exports: [QueueStore, JobQueue, JobRelay, JobWorkers, QueueAdmin],
})
export class QueueModule implements OnApplicationShutdown {
  constructor(private readonly store: QueueStore) {}

  async onApplicationShutdown(): Promise<void> {
    await this.store.close();
  }
}
