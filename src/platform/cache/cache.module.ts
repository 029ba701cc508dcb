import { Module } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { InvalidationBus } from '../bus/invalidation-bus.js';
import { CacheInterceptor } from './cache.interceptor.js';
import { InvalidationModule, SHARED_STORE } from './invalidation.module.js';
import { ResponseCache } from './response-cache.js';
import type { SharedStore } from './shared-store.js';

const MEGABYTE = 1024 * 1024;

function createCache(
  { cachePolicy, cacheMegabytes }: Config,
  bus: InvalidationBus,
  shared: SharedStore | null,
): ResponseCache {
  return new ResponseCache(
    { policy: cachePolicy, maxBytes: cacheMegabytes * MEGABYTE },
    bus,
    shared,
  );
}

/** For processes that answer requests: answers kept as bytes, and made void by every commit. */
@Module({
  imports: [InvalidationModule],
  providers: [
    {
      provide: ResponseCache,
      inject: [Config, InvalidationBus, SHARED_STORE],
      useFactory: createCache,
    },
    CacheInterceptor,
  ],
  exports: [ResponseCache, CacheInterceptor],
})
export class CacheModule implements OnApplicationShutdown {
  constructor(private readonly cache: ResponseCache) {}

  onApplicationShutdown(): void {
    this.cache.close();
  }
}
