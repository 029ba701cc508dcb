import { Module } from '@nestjs/common';
import { BusModule } from '../bus/bus.module.js';
import { InvalidationBus } from '../bus/invalidation-bus.js';
import { SharedRedis } from '../bus/shared-redis.js';
import { Database } from '../database/database.js';
import { Invalidator } from './invalidator.js';
import { SharedStore } from './shared-store.js';

/** Answers in Redis; null without one. */
export const SHARED_STORE = Symbol('shared store');

/**
 * For every process that writes: each commit makes void, in all processes, the answers that depend
 * on what it touched, before its writer is answered.
 */
@Module({
  imports: [BusModule],
  providers: [
    {
      provide: SHARED_STORE,
      inject: [SharedRedis],
      useFactory: ({ client }: SharedRedis) => client && new SharedStore(client),
    },
    {
      provide: Invalidator,
      inject: [InvalidationBus, SHARED_STORE],
      useFactory: (bus: InvalidationBus, shared: SharedStore | null) =>
        new Invalidator(bus, shared),
    },
  ],
  exports: [Invalidator, SHARED_STORE, BusModule],
})
export class InvalidationModule {
  constructor(database: Database, invalidator: Invalidator) {
    database.onWrite(() => invalidator.announce());
    database.onCommit((workspaceId, tags) => invalidator.invalidate(workspaceId, tags));
  }
}
