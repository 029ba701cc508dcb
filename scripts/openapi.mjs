import { readFile, writeFile } from 'node:fs/promises';
import { format } from 'prettier';
import { createApi } from '../dist/api.js';
import { Config } from '../dist/config/config.js';
import { buildOpenApi } from '../dist/platform/http/openapi.js';

/**
 * Writes `openapi.json` from the routes as they are declared, or with `--check` exits with 1 when
 * the committed one differs. Needs no database: nothing is asked of it.
 */
const config = Object.assign(new Config(), {
  databaseUrl: 'postgres://nobody@127.0.0.1:1/none',
  logLevel: 'silent',
});
const app = await createApi(config);
await app.init();
const text = await format(JSON.stringify(buildOpenApi(app)), { parser: 'json' });
const file = new URL('../openapi.json', import.meta.url);
if (process.argv.includes('--check')) {
  const committed = await readFile(file, 'utf8').catch(() => '');
  if (committed !== text) {
    console.error('openapi.json is not what the routes declare; run: npm run openapi');
    process.exitCode = 1;
  }
} else await writeFile(file, text);
await app.close();
