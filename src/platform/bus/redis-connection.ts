import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';

/** Milliseconds a command may take before it counts as failed. */
export const COMMAND_TIMEOUT = 250;

/**
 * Connects to Redis for work that can do without it: a command fails at once while the connection
 * is down, is never sent twice, and the connection comes back by itself.
 */
export function connectRedis(url: string, purpose: string, options: RedisOptions = {}): Redis {
  return new Redis(url, {
    connectionName: `keel-${purpose}`,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2000,
    disconnectTimeout: 200,
    commandTimeout: COMMAND_TIMEOUT,
    keepAlive: 5000,
    retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 2000),
    ...options,
  });
}

/** Logs the loss and the return of the server, once each. Unheard errors would end the process. */
export function logOutages(redis: Redis, purpose: string): void {
  const logger = new Logger(`redis ${purpose}`);
  let isLost = false;
  const lost = (reason: string): void => {
    if (isLost) return;
    isLost = true;
    logger.warn(`Redis is not available (${reason}); Keel goes on without it and keeps trying`);
  };
  redis.on('error', (error: Error) => lost(error.message));
  redis.on('close', () => {
    if (!closing.has(redis)) lost('the connection was closed');
  });
  redis.on('ready', () => {
    if (isLost) logger.log('Redis is available again');
    isLost = false;
  });
}

const closing = new WeakSet<Redis>();

/** Ends a connection made by {@link connectRedis} without waiting for a server that is gone. */
export function disconnectRedis(redis: Redis): void {
  closing.add(redis);
  redis.disconnect();
}
