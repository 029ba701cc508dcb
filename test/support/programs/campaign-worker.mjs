// The real worker, sending through SMTP_URL; what a dead one held is taken up after a second or so.
// JUMP: minutes that its clock is ahead. DIE: `within` the decision of a test, or `after` it.
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { KEEL_TEST_BUILD, JOURNALS, LEASE = '1500', JUMP, DIE } = process.env;
const load = (path) => import(pathToFileURL(join(KEEL_TEST_BUILD, path)).href);
const { loadConfig } = await load('config/config.js');
const { Clock } = await load('common/clock.js');
const { SendingOptions, WinnerWatch } = await load('modules/campaigns/index.js');
const { RunsRepository } = await load('modules/campaigns/sending/runs.repository.js');
const { Winner } = await load('modules/campaigns/sending/winner.js');
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
if (JUMP) app.get(Clock, { strict: false }).now = () => Date.now() + Number(JUMP) * 60_000;
const dieWhen = (service, method) => {
  const call = service[method].bind(service);
  service[method] = async (...args) => {
    const done = await call(...args);
    if (done) process.kill(process.pid, 'SIGKILL');
    return done;
  };
};
if (DIE === 'within') dieWhen(app.get(RunsRepository, { strict: false }), 'takeWinnerTime');
if (DIE === 'after') dieWhen(app.get(Winner, { strict: false }), 'decide');
await app.get(JobWorkers).start();
app.get(JobRelay).start();
app.get(WinnerWatch, { strict: false }).start();
process.stdout.write('ready\n');
