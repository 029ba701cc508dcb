import 'reflect-metadata';
import { createApi } from './api.js';
import { loadConfig } from './config/config.js';
import { runChild } from './platform/processes/supervise-child.js';

/** The API process. */
await runChild(async () => {
  const config = loadConfig();
  const app = await createApi(config);
  await app.listen({ port: config.port, host: config.host });
  return { url: await app.getUrl(), onStop: () => app.close() };
});
