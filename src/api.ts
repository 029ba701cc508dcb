import type { INestApplicationContext, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import type { Config } from './config/config.js';
import { cacheStep } from './platform/cache/cache.step.js';
import { ResponseCache } from './platform/cache/response-cache.js';
import type { RequestStep } from './platform/http/request-hooks.js';
import { createServer } from './platform/http/server.js';
import { createLogger } from './platform/telemetry/logger.js';
import { Metrics } from './platform/telemetry/metrics.js';
import { NestLogger } from './platform/telemetry/nest-logger.js';
import { installOverloadProtection } from './platform/telemetry/overload.js';
import { installRequestTelemetry } from './platform/telemetry/request-telemetry.js';
import { throttleStep } from './platform/throttle/throttle.step.js';
import { Throttle } from './platform/throttle/throttle.js';

/** The API as main.ts runs it and tests call it; it does not listen yet. */
export async function createApi(config: Config): Promise<NestFastifyApplication> {
  const app = await createServer(AppModule.with(config) as unknown as Type, config, steps);
  const logger = createLogger(config, 'api');
  app.useLogger(new NestLogger(logger));
  const fastify = app.getHttpAdapter().getInstance();
  installRequestTelemetry(fastify, app.get(Metrics), logger);
  // Last, so that what is answered from memory is answered under any load.
  await installOverloadProtection(fastify);
  return app;
}

/** What every request passes between sign-in and its handler. */
const steps = (app: INestApplicationContext): RequestStep[] => [
  throttleStep(app.get(Throttle)),
  cacheStep(app.get(ResponseCache)),
];
