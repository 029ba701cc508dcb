import { Global, Module } from '@nestjs/common';
import { HealthChecks } from './health.js';
import { Metrics } from './metrics.js';

/** What a process tells of itself. */
@Global()
@Module({ providers: [Metrics, HealthChecks], exports: [Metrics, HealthChecks] })
export class TelemetryModule {}
