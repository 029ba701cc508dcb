import { Module } from '@nestjs/common';
import { Database, SYSTEM } from '../../platform/database/database.js';
import { QueueStore } from '../../platform/queue/queue-store.js';
import { HealthChecks } from '../../platform/telemetry/health.js';
import { Metrics } from '../../platform/telemetry/metrics.js';

/** What a worker is asked about: without its queues it has nothing to do. */
@Module({})
export class WorkerMonitoringModule {
  constructor(health: HealthChecks, metrics: Metrics, database: Database, queues: QueueStore) {
    health.add('database', {
      isNeeded: true,
      ask: () => database.query(SYSTEM, 'select 1'),
    });
    health.add('queue', { isNeeded: true, ask: () => queues.ping() });
    metrics.beforeScrape(() => {
      for (const [state, count] of Object.entries(database.poolFigures())) {
        metrics.databaseConnections.set({ state }, count);
      }
    });
  }
}
