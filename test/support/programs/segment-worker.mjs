// Keeps segments; with DIE=<n> it dies when the n-th step of that kind has been written and not yet
// committed: KIND=fill or follow.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { KEEL_TEST_BUILD, DIE, KIND } = process.env;
const load = (path) => import(pathToFileURL(join(KEEL_TEST_BUILD, path)).href);
const { loadConfig } = await load('config/config.js');
const { WorkerModule } = await load('worker.module.js');
const { Database } = await load('platform/database/database.js');
const { SegmentUpkeep } = await load('modules/segments/index.js');
const { SegmentsRepository } = await load('modules/segments/segments.repository.js');
const { Sequencer } = await load('platform/outbox/sequencer.js');

const app = await NestFactory.createApplicationContext(WorkerModule.with(loadConfig()), {
  logger: ['fatal'],
});
const name = KIND === 'fill' ? 'proceed' : 'advance';
const repository = app.get(SegmentsRepository, { strict: false });
const original = repository[name].bind(repository);
let steps = 0;
repository[name] = (...args) => {
  steps += 1;
  return original(...args);
};
const database = app.get(Database);
const transaction = database.transaction.bind(database);
database.transaction = (scope, work, options) =>
  transaction(
    scope,
    async (tx) => {
      const value = await work(tx);
      if (DIE && steps === Number(DIE)) process.kill(process.pid, 'SIGKILL');
      return value;
    },
    options,
  );
app.get(Sequencer).start();
app.get(SegmentUpkeep, { strict: false }).start();
process.stdout.write('ready\n');
