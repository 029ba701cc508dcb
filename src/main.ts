import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { AppModule } from './app.module.js';
import { loadConfig } from './config/config.js';
import { createServer } from './platform/http/server.js';

/** The API process. */
const config = loadConfig();
const app = await createServer(AppModule.with(config) as unknown as Type, config);
await app.listen({ port: config.port, host: config.host });
