import 'reflect-metadata';
import { createApi } from './api.js';
import { loadConfig } from './config/config.js';

/** The API process. */
const config = loadConfig();
const app = await createApi(config);
await app.listen({ port: config.port, host: config.host });
