import { Module } from '@nestjs/common';
import { BusModule } from '../../platform/bus/bus.module.js';
import { SharedRedis } from '../../platform/bus/shared-redis.js';
import { CacheModule } from '../../platform/cache/cache.module.js';
import { QueueStore } from '../../platform/queue/queue-store.js';
import { SearchModule } from '../../platform/search/search.module.js';
import { HealthChecks } from '../../platform/telemetry/health.js';
import { EventsModule } from '../events/index.js';
import { AdminController } from './admin.controller.js';
import { Figures } from './figures.js';
import { HealthController } from './health.controller.js';
import { MonitoringRepository } from './monitoring.repository.js';
import { MonitoringService } from './monitoring.service.js';
import { QueuesService } from './queues.service.js';

/** Health, metrics and what those who run Keel look at. */
@Module({
  imports: [BusModule, CacheModule, SearchModule, EventsModule],
  controllers: [HealthController, AdminController],
  providers: [MonitoringRepository, Figures, MonitoringService, QueuesService],
})
export class MonitoringModule {
  constructor(
    health: HealthChecks,
    repository: MonitoringRepository,
    queues: QueueStore,
    { client: redis }: SharedRedis,
  ) {
    health.add('database', { isNeeded: true, ask: () => repository.ping() });
    health.add('queue', { isNeeded: false, ask: () => queues.ping() });
    if (redis) health.add('redis', { isNeeded: false, ask: () => redis.ping() });
  }
}
