import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { ResponseCache } from '../../platform/cache/response-cache.js';
import { Sequencer } from '../../platform/outbox/sequencer.js';
import { QueueAdmin } from '../../platform/queue/queue-admin.js';
import { SearchFiller } from '../../platform/search/search-filler.js';
import { Metrics, setTotal } from '../../platform/telemetry/metrics.js';
import { EventStreams } from '../events/index.js';
import { MonitoringRepository } from './monitoring.repository.js';

/** Reads what the parts of Keel count, for the metrics and for `/admin/monitoring`. */
@Injectable()
export class Figures implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly repository: MonitoringRepository,
    private readonly cache: ResponseCache,
    private readonly queues: QueueAdmin,
    private readonly sequencer: Sequencer,
    private readonly filler: SearchFiller,
    private readonly streams: EventStreams,
  ) {}

  /** Fills the gauges before each scrape. A part in trouble leaves out its own figures alone. */
  onModuleInit(): void {
    const sources = [
      () => this.fillProcess(),
      () => this.fillJobs(),
      () => this.fillOutbox(),
      () => this.fillEvents(),
      () => this.fillSearch(),
      () => this.fillImports(),
    ];
    for (const source of sources) this.metrics.beforeScrape(source);
  }

  pool = (): ReturnType<MonitoringRepository['pool']> => this.repository.pool();
  databaseSize = (): ReturnType<MonitoringRepository['size']> => this.repository.size();
  imports = (): ReturnType<MonitoringRepository['imports']> => this.repository.imports();
  jobs = (): ReturnType<QueueAdmin['counts']> => this.queues.counts();
  outbox = (): ReturnType<QueueAdmin['outbox']> => this.queues.outbox();
  events = (): ReturnType<Sequencer['backlog']> => this.sequencer.backlog();
  search = (): ReturnType<SearchFiller['backlog']> => this.filler.backlog();
  openStreams = (): number => this.streams.count;

  /** Of this process's cache, with the part of reads it answered. */
  cacheFigures(): ReturnType<ResponseCache['figures']> & { hitRatio: number } {
    const figures = this.cache.figures();
    const { hits, sharedHits, misses, joined, bypassed } = figures;
    // What is found in Redis counts as a miss of the memory too.
    const answered = hits + sharedHits + joined;
    const asked = hits + misses + joined + bypassed;
    return { ...figures, hitRatio: asked === 0 ? 0 : answered / asked };
  }

  private fillProcess(): void {
    const { metrics } = this;
    for (const [state, count] of Object.entries(this.pool())) {
      metrics.databaseConnections.set({ state }, count);
    }
    const { hits, sharedHits, misses, joined, bypassed, ...others } = this.cacheFigures();
    const results = { hits, sharedHits, misses: misses - sharedHits, joined, bypassed };
    for (const [result, total] of Object.entries(results)) {
      setTotal(metrics.cacheRequests, total, { result });
    }
    setTotal(metrics.cacheEvictions, others.evictions);
    metrics.cacheEntries.set(others.entries);
    metrics.cacheBytes.set(others.bytes);
    metrics.cacheHitRatio.set(others.hitRatio);
    metrics.eventStreams.set(this.openStreams());
  }

  private async fillJobs(): Promise<void> {
    for (const { name, ...states } of await this.jobs()) {
      for (const [state, count] of Object.entries(states)) {
        this.metrics.jobs.set({ job: name, state }, count);
      }
    }
  }

  private async fillOutbox(): Promise<void> {
    const { waiting, lag } = await this.outbox();
    this.metrics.jobOutboxWaiting.set(waiting);
    this.metrics.jobOutboxLag.set(lag);
  }

  private async fillEvents(): Promise<void> {
    const { waiting, lag } = await this.events();
    this.metrics.eventsWaiting.set(waiting);
    this.metrics.eventsLag.set(lag);
  }

  private async fillSearch(): Promise<void> {
    const { waiting, lag } = await this.search();
    this.metrics.searchWaiting.set(waiting);
    this.metrics.searchLag.set(lag);
  }

  private async fillImports(): Promise<void> {
    const { running, ...rows } = await this.imports();
    this.metrics.importsRunning.set(running);
    for (const [outcome, count] of Object.entries(rows)) {
      this.metrics.importRows.set({ outcome }, count);
    }
  }
}
