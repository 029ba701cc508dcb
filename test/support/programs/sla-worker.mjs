// Looks after SLA clocks at the time NOW; with DIE set it dies when all is written and not committed.
import 'reflect-metadata';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { NestFactory } from '@nestjs/core';

const { KEEL_TEST_BUILD, NOW, DIE } = process.env;
const load = (path) => import(pathToFileURL(join(KEEL_TEST_BUILD, path)).href);
const { Clock } = await load('common/clock.js');
const { loadConfig } = await load('config/config.js');
const { SlaWatch } = await load('modules/sla/index.js');
const { Database } = await load('platform/database/database.js');
const { WorkerModule } = await load('worker.module.js');

const app = await NestFactory.createApplicationContext(WorkerModule.with(loadConfig()), {
  logger: ['error'],
  abortOnError: false,
});
app.get(Clock, { strict: false }).now = () => Date.parse(NOW);
const database = app.get(Database);
const transaction = database.transaction.bind(database);
database.transaction = (scope, work, options) =>
  transaction(
    scope,
    async (tx) => {
      const value = await work(tx);
      if (DIE) process.kill(process.pid, 'SIGKILL');
      return value;
    },
    options,
  );
app.get(SlaWatch, { strict: false }).start();
process.stdout.write('ready\n');
