// A worker that tests kill. Takes its orders from the environment, and says what it does on stdout.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { KEEL_TEST_BUILD, HANG_IN } = process.env;
const load = (path) => import(pathToFileURL(join(KEEL_TEST_BUILD, path)).href);
const { loadConfig } = await load('config/config.js');
const { ConfigModule } = await load('config/config.module.js');
const { Database, SYSTEM } = await load('platform/database/database.js');
const { DatabaseModule } = await load('platform/database/database.module.js');
const { defineJob, NoData } = await load('platform/queue/job-contract.js');
const { HandlesJob } = await load('platform/queue/handles-job.js');
const { JobRelay } = await load('platform/queue/job-relay.js');
const { JobWorkers } = await load('platform/queue/job-workers.js');
const { QueueModule } = await load('platform/queue/queue.module.js');
const { QueueStore } = await load('platform/queue/queue-store.js');

const hang = () => new Promise(() => setInterval(() => {}, 1000));
const say = (line) => process.stdout.write(`${line}\n`);

const Work = defineJob({ name: 'fragile', data: NoData, options: { lockDuration: 1000 } });

/** Writes down each run; hangs in the middle of the first ones when told so. */
class Handler {
  async run(job) {
    await app
      .get(Database)
      .query({ workspaceId: job.workspaceId }, 'insert into runs (job) values ($1)', [job.id]);
    say(`running ${job.id}`);
    if (HANG_IN === 'handler') await hang();
  }
}
HandlesJob(Work)(
  Handler.prototype,
  'run',
  Object.getOwnPropertyDescriptor(Handler.prototype, 'run'),
);

class Root {}
Module({
  imports: [ConfigModule.with(loadConfig()), DatabaseModule.register('keel-test'), QueueModule],
  providers: [Handler],
})(Root);
const app = await NestFactory.createApplicationContext(Root, { logger: ['fatal'] });

if (HANG_IN === 'relay') {
  // The job is in its queue, and the process is stuck before it could write that down.
  const store = app.get(QueueStore);
  const queue = store.queue('fragile');
  const add = queue.add.bind(queue);
  queue.add = async (...job) => {
    await add(...job);
    say('published');
    await hang();
  };
} else {
  await app.get(JobWorkers).start();
}
app.get(JobRelay).start();
await app.get(Database).query(SYSTEM, 'select 1');
say('ready');
