import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/**
 * Every metric of Keel, declared once. Those of Node itself (event loop lag, memory, garbage
 * collection) come with prom-client. Gauges are filled when they are asked for: see
 * {@link Metrics.beforeScrape}.
 */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  readonly httpDuration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer a request, by route and kind of status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [this.registry],
  });

  readonly databaseConnections = this.gauge(
    'keel_database_connections',
    'Connections of this process to PostgreSQL; `waiting` are requests that wait for one',
    ['state'],
  );

  readonly cacheRequests = this.counter(
    'keel_cache_requests_total',
    'Cacheable reads, by what became of them',
    ['result'],
  );

  readonly cacheEvictions = this.counter(
    'keel_cache_evictions_total',
    'Answers that had to make room for others',
  );

  readonly cacheEntries = this.gauge('keel_cache_entries', 'Answers in memory');

  readonly cacheBytes = this.gauge('keel_cache_bytes', 'Memory the answers take');

  readonly cacheHitRatio = this.gauge(
    'keel_cache_hit_ratio',
    'Part of the cacheable reads answered from memory or Redis since the start',
  );

  readonly jobs = this.gauge('keel_jobs', 'Jobs by kind and state', ['job', 'state']);

  readonly jobOutboxWaiting = this.gauge(
    'keel_job_outbox_waiting',
    'Committed jobs not yet handed on to their queues',
  );

  readonly jobOutboxLag = this.gauge(
    'keel_job_outbox_lag_seconds',
    'Age of the oldest job not yet handed on',
  );

  readonly eventsWaiting = this.gauge(
    'keel_events_waiting',
    'Committed events without a place in the feed; at most 10,000 are counted',
  );

  readonly eventsLag = this.gauge(
    'keel_events_lag_seconds',
    'Age of the oldest event without a place in the feed',
  );

  readonly searchWaiting = this.gauge(
    'keel_search_waiting',
    'Records not yet findable, of the first thousand portions',
  );

  readonly searchLag = this.gauge(
    'keel_search_lag_seconds',
    'Age of the oldest portion of records not yet findable',
  );

  readonly importRows = this.gauge(
    'keel_import_rows',
    'Rows of all imports that are kept, by what became of them',
    ['outcome'],
  );

  readonly importsRunning = this.gauge('keel_imports_running', 'Imports queued or running');

  readonly eventStreams = this.gauge('keel_event_streams', 'Open streams of events');

  private readonly sources: (() => Promise<void> | void)[] = [];

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Adds something that fills gauges before they are read; what fails leaves the others alone. */
  beforeScrape(source: () => Promise<void> | void): void {
    this.sources.push(source);
  }

  /** All metrics in Prometheus's text format. */
  async scrape(): Promise<string> {
    await Promise.allSettled(this.sources.map(async (source) => source()));
    return this.registry.metrics();
  }

  private gauge(name: string, help: string, labelNames: string[] = []): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  private counter(name: string, help: string, labelNames: string[] = []): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }
}

/** Sets a counter to a total that is counted elsewhere. */
export function setTotal(
  counter: Counter,
  total: number,
  labels: Record<string, string> = {},
): void {
  counter.remove(labels);
  counter.inc(labels, total);
}
