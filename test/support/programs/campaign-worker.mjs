// The real worker, sending through SMTP_URL; what a dead one held is taken up after a second or so.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { KEEL_TEST_BUILD, JOURNALS, LEASE = '1500' } = process.env;
const load = (path) => import(pathToFileURL(join(KEEL_TEST_BUILD, path)).href);
const { loadConfig } = await load('config/config.js');
const { SendingOptions } = await load('modules/campaigns/index.js');
const { RunCampaign } = await load('modules/campaigns/sending/sending.jobs.js');
const { JobRelay } = await load('platform/queue/job-relay.js');
const { JobWorkers } = await load('platform/queue/job-workers.js');
const { WorkerModule } = await load('worker.module.js');

RunCampaign.options.lockDuration = Number(LEASE);

const app = await NestFactory.createApplicationContext(WorkerModule.with(loadConfig()), {
  logger: ['fatal'],
});
const options = { lease: Number(LEASE), pause: 50, ...(JOURNALS ? { journals: JOURNALS } : {}) };
Object.assign(app.get(SendingOptions, { strict: false }), options);
await app.get(JobWorkers).start();
app.get(JobRelay).start();
process.stdout.write('ready\n');
