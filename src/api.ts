import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import type { Config } from './config/config.js';
import { createServer } from './platform/http/server.js';

/** The API as main.ts runs it and tests call it; it does not listen yet. */
export function createApi(config: Config): Promise<NestFastifyApplication> {
  return createServer(AppModule.with(config) as unknown as Type, config);
}
