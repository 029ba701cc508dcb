import { Module } from '@nestjs/common';
import { Config } from '../../config/config.js';
import { BusModule } from '../bus/bus.module.js';
import { SharedRedis } from '../bus/shared-redis.js';
import { limitsOf } from './limits.js';
import { SharedCounters } from './shared-counters.js';
import { Throttle } from './throttle.js';

/** Limits of requests, shared by all instances when there is a Redis. */
@Module({
  imports: [BusModule],
  providers: [
    {
      provide: Throttle,
      inject: [Config, SharedRedis],
      useFactory: (config: Config, { client }: SharedRedis) =>
        new Throttle(limitsOf(config), client && new SharedCounters(client)),
    },
  ],
  exports: [Throttle],
})
export class ThrottleModule {}
