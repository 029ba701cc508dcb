// The real worker, which dies at the moment the test names: KILL_AT=<moment>:<rows done before>.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { KEEL_TEST_BUILD, KILL_AT = '' } = process.env;
const load = (path) => import(pathToFileURL(join(KEEL_TEST_BUILD, path)).href);
const { loadConfig } = await load('config/config.js');
const { ImportWatcher } = await load('modules/imports/index.js');
const { RunImport } = await load('modules/imports/imports.jobs.js');
const { RunHandOver } = await load('modules/users/hand-overs.jobs.js');
const { JobRelay } = await load('platform/queue/job-relay.js');
const { JobWorkers } = await load('platform/queue/job-workers.js');
const { WorkerModule } = await load('worker.module.js');

// What a dead worker did is taken up after seconds here, not after a quarter of a minute.
RunImport.options.lockDuration = 1500;
RunHandOver.options.lockDuration = 1500;

const app = await NestFactory.createApplicationContext(WorkerModule.with(loadConfig()), {
  logger: ['fatal'],
});
const [moment, row] = KILL_AT.split(':');
app.get(ImportWatcher, { strict: false }).chunk = (_id, at, nextRow) => {
  if (at === moment && nextRow >= Number(row)) process.kill(process.pid, 'SIGKILL');
};
await app.get(JobWorkers).start();
app.get(JobRelay).start();
process.stdout.write('ready\n');
