import { Global, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Config } from './config.js';

/** Gives every part of a process the same settings, under the class {@link Config}. */
@Global()
@Module({})
export class ConfigModule {
  static with(config: Config): DynamicModule {
    return {
      module: ConfigModule,
      providers: [{ provide: Config, useValue: config }],
      exports: [Config],
    };
  }
}
