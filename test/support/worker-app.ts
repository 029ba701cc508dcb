import { Module } from '@nestjs/common';
import type { INestApplicationContext, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Config } from '../../src/config/config.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { DatabaseModule } from '../../src/platform/database/database.module.js';
import { JobRelay } from '../../src/platform/queue/job-relay.js';
import { JobWorkers } from '../../src/platform/queue/job-workers.js';
import { QueueModule } from '../../src/platform/queue/queue.module.js';

/** A process that may ask for jobs and, when told so, handles them with the given providers. */
export async function createQueueApp(
  settings: Pick<Config, 'databaseUrl' | 'queueRedisUrl'>,
  handlers: Type[],
): Promise<INestApplicationContext> {
  const config = Object.assign(new Config(), settings);
  class TestModule {}
  Module({
    imports: [ConfigModule.with(config), DatabaseModule.register('keel-test'), QueueModule],
    providers: handlers,
  })(TestModule);
  return NestFactory.createApplicationContext(TestModule, {
    logger: ['fatal'],
    abortOnError: false,
  });
}

/** As {@link createQueueApp}, handing on and taking jobs. */
export async function startWorkerApp(
  settings: Pick<Config, 'databaseUrl' | 'queueRedisUrl'>,
  handlers: Type[],
): Promise<INestApplicationContext> {
  const app = await createQueueApp(settings, handlers);
  await app.get(JobWorkers).start();
  app.get(JobRelay).start();
  return app;
}

/** Waits until the condition holds; fails with what was seen last. */
export async function eventually<T>(
  look: () => T | Promise<T>,
  holds: (value: T) => boolean,
  timeout = 15_000,
): Promise<T> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const value = await look();
    if (holds(value)) return value;
    if (Date.now() > deadline)
      throw new Error(`Still ${JSON.stringify(value)} after ${timeout} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
