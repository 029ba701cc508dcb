import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { format } from 'prettier';
import { AppModule } from '../dist/app.module.js';
import { Config } from '../dist/config/config.js';
import { buildOpenApi } from '../dist/platform/http/openapi.js';
import { QueueStore } from '../dist/platform/queue/queue-store.js';

/**
 * Writes `openapi.json` from the routes as they are declared, or with `--check` exits with 1 when
 * the committed one differs. Needs no database: the application is put together, not started.
 */
const config = Object.assign(new Config(), { databaseUrl: 'postgres://nobody@127.0.0.1:1/none' });
const module = await Test.createTestingModule({ imports: [AppModule.with(config)] })
  .overrideProvider(QueueStore)
  .useValue({ close: () => undefined })
  .compile();
const app = module.createNestApplication(new FastifyAdapter(), { logger: ['error'] });
const text = await format(JSON.stringify(buildOpenApi(app)), { parser: 'json' });
const file = new URL('../openapi.json', import.meta.url);
if (process.argv.includes('--check')) {
  const committed = await readFile(file, 'utf8').catch(() => '');
  if (committed !== text) {
    console.error('openapi.json is not what the routes declare; run: npm run openapi');
    process.exitCode = 1;
  }
} else {
  await writeFile(file, text);
}
// Nothing has been started, so there is nothing to stop; connections would only be tried in vain.
process.exit();
