import type { Redis } from 'ioredis';
import { connectRedis, disconnectRedis, logOutages } from './redis-connection.js';

/** The connection to Redis that cache and throttle send their commands on, if there is a Redis. */
export class SharedRedis {
  readonly client: Redis | null;

  constructor(url: string | undefined) {
    this.client = url === undefined ? null : connectRedis(url, 'cache');
    if (this.client) logOutages(this.client, 'cache');
  }

  onApplicationShutdown(): void {
    if (this.client) disconnectRedis(this.client);
  }
}
