import { Injectable } from '@nestjs/common';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { HealthChecks } from '../../platform/telemetry/health.js';
import { Figures } from './figures.js';
import type { MonitoringDto } from './monitoring.dto.js';

const toMs = (nanoseconds: number): number => Math.round(nanoseconds / 10_000) / 100;

/** The state of Keel in one document, for a dashboard. */
@Injectable()
export class MonitoringService {
  private readonly delay = monitorEventLoopDelay({ resolution: 20 });

  constructor(
    private readonly figures: Figures,
    private readonly health: HealthChecks,
  ) {
    this.delay.enable();
  }

  /** @throws Problem 503 when the database does not answer. */
  async look(): Promise<MonitoringDto> {
    const { figures } = this;
    const [health, size, jobs, outbox, events, search, imports] = await Promise.all([
      this.health.look(),
      figures.databaseSize(),
      figures.jobs(),
      figures.outbox(),
      figures.events(),
      figures.search(),
      figures.imports(),
    ]);
    return {
      at: new Date().toISOString(),
      health,
      process: this.process(),
      database: { ...size, pool: figures.pool() },
      cache: figures.cacheFigures(),
      jobs: { kinds: jobs, outbox },
      events: { ...events, streams: figures.openStreams() },
      search,
      imports,
    };
  }

  private process(): MonitoringDto['process'] {
    const { rss, heapUsed } = process.memoryUsage();
    const eventLoop = { mean: toMs(this.delay.mean), p99: toMs(this.delay.percentile(99)) };
    this.delay.reset();
    return {
      pid: process.pid,
      node: process.version,
      uptime: Math.round(process.uptime()),
      memory: { rss, heapUsed },
      // Nothing was measured when somebody looked a moment ago.
      eventLoopDelay: Number.isNaN(eventLoop.mean) ? { mean: 0, p99: 0 } : eventLoop,
    };
  }
}
