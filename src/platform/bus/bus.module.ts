import { randomUUID } from 'node:crypto';
import { Module } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { InvalidationBus } from './invalidation-bus.js';
import type { Link } from './link.js';
import { PostgresLink } from './postgres-link.js';
import { RedisLink } from './redis-link.js';
import { SharedRedis } from './shared-redis.js';

/** The bus as configured: over Redis with PostgreSQL in reserve, or over PostgreSQL alone. */
export function createBus({ redisUrl, databaseUrl }: Pick<Config, 'redisUrl' | 'databaseUrl'>) {
  const id = randomUUID();
  const links: Link[] = [];
  if (redisUrl !== undefined) links.push(new RedisLink(redisUrl, id));
  if (databaseUrl !== undefined) links.push(new PostgresLink(databaseUrl, id));
  return new InvalidationBus(links, id);
}

@Module({
  providers: [
    { provide: InvalidationBus, inject: [Config], useFactory: createBus },
    {
      provide: SharedRedis,
      inject: [Config],
      useFactory: ({ redisUrl }: Config) => new SharedRedis(redisUrl),
    },
  ],
  exports: [InvalidationBus, SharedRedis],
})
export class BusModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly bus: InvalidationBus) {}

  /** After every module has subscribed. */
  onApplicationBootstrap(): void {
    this.bus.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.bus.stop();
  }
}
