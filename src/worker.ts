import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { loadConfig } from './config/config.js';
import { standBack } from './platform/database/background.js';
import { Database } from './platform/database/database.js';
import { ActivityReminders } from './modules/activities/index.js';
import { WinnerWatch } from './modules/campaigns/index.js';
import { SlaWatch } from './modules/sla/index.js';
import { SurveyMailer } from './modules/surveys/index.js';
import { ReplyMailer } from './modules/ticket-mail/index.js';
import { SegmentUpkeep } from './modules/segments/index.js';
import { UserMailer } from './platform/mail/user-mailer.js';
import { Sequencer } from './platform/outbox/sequencer.js';
import { runChild } from './platform/processes/supervise-child.js';
import { JobRelay } from './platform/queue/job-relay.js';
import { JobWorkers } from './platform/queue/job-workers.js';
import { SearchFiller } from './platform/search/search-filler.js';
import { HealthChecks } from './platform/telemetry/health.js';
import { createLogger } from './platform/telemetry/logger.js';
import { Metrics } from './platform/telemetry/metrics.js';
import { NestLogger } from './platform/telemetry/nest-logger.js';
import { serveProbes } from './platform/telemetry/probes.js';
import { WorkerModule } from './worker.module.js';

/** The worker process: runs jobs, hands them on, and puts events in order. */
await runChild(async () => {
  const config = loadConfig();
  standBack();
  const app = await NestFactory.createApplicationContext(WorkerModule.with(config), {
    logger: new NestLogger(createLogger(config, 'worker')),
    abortOnError: false,
  });
  app.get(Database).inBackground();
  await app.get(JobWorkers).start();
  app.get(JobRelay).start();
  app.get(Sequencer).start();
  app.get(ActivityReminders).start();
  app.get(SlaWatch).start();
  app.get(WinnerWatch).start();
  app.get(ReplyMailer).start();
  app.get(SurveyMailer).start();
  app.get(UserMailer).start();
  app.get(SegmentUpkeep).start();
  app.get(SearchFiller).start();
  const { host, workerPort: port } = config;
  const probes =
    port === undefined
      ? null
      : await serveProbes(app.get(HealthChecks), app.get(Metrics), { host, port });
  return {
    onStop: async () => {
      await app.close();
      await probes?.close();
    },
  };
});
