import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { ActivitiesModule } from './modules/activities/index.js';
import { CampaignsWorkerModule } from './modules/campaigns/index.js';
import { CompaniesModule } from './modules/companies/index.js';
import { ConsentWorkerModule } from './modules/consent/index.js';
import { ContactsModule } from './modules/contacts/index.js';
import { DealsModule, DealsWorkerModule } from './modules/deals/index.js';
import { ExportsWorkerModule } from './modules/exports/index.js';
import { ForecastModule } from './modules/forecast/index.js';
import { ImportsWorkerModule } from './modules/imports/index.js';
import { WorkerMonitoringModule } from './modules/monitoring/index.js';
import { OrdersModule } from './modules/orders/index.js';
import { ProductCategoriesModule } from './modules/product-categories/index.js';
import { ProductsModule } from './modules/products/index.js';
import { PipelinesModule } from './modules/pipelines/index.js';
import { LeadRecordsModule } from './modules/leads/index.js';
import { SurveysWorkerModule } from './modules/surveys/index.js';
import { MacrosModule } from './modules/macros/index.js';
import { SegmentsWorkerModule } from './modules/segments/index.js';
import { TeamsModule } from './modules/teams/index.js';
import { SlaWorkerModule } from './modules/sla/index.js';
import { TicketMailWorkerModule } from './modules/ticket-mail/index.js';
import { TicketsModule } from './modules/tickets/index.js';
import { HandOversWorkerModule } from './modules/users/index.js';
import { ClockModule } from './platform/clock.module.js';
import { PasswordResetsWorkerModule } from './modules/auth/index.js';
import { HandOversWorkerModule, InvitationsWorkerModule } from './modules/users/index.js';
import { InvalidationModule } from './platform/cache/invalidation.module.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { LinksModule } from './platform/links/links.module.js';
import { MailModule } from './platform/mail/mail.module.js';
import { OutboxModule } from './platform/outbox/outbox.module.js';
import { EventsPurger } from './platform/outbox/purge-events.js';
import { ExpiredPurger } from './platform/queue/purge-expired.js';
import { QueueModule } from './platform/queue/queue.module.js';
import { RecordsModule } from './platform/records/records.module.js';
import { SearchModule } from './platform/search/search.module.js';
import { TelemetryModule } from './platform/telemetry/telemetry.module.js';

const PLATFORM = [
  ClockModule,
  LinksModule,
  MailModule,
  OutboxModule,
  QueueModule,
  InvalidationModule,
  SearchModule,
  RecordsModule,
  TelemetryModule,
];

const DOMAINS = [
  CompaniesModule,
  ContactsModule,
  ConsentWorkerModule,
  ProductCategoriesModule,
  ProductsModule,
  OrdersModule,
  PipelinesModule,
  DealsModule,
  LeadRecordsModule,
  DealsWorkerModule,
  ForecastModule,
  TeamsModule,
  ActivitiesModule,
  SegmentsWorkerModule,
  TicketsModule,
  SlaWorkerModule,
  TicketMailWorkerModule,
  SurveysWorkerModule,
  MacrosModule,
  ImportsWorkerModule,
  ExportsWorkerModule,
  HandOversWorkerModule,
  InvitationsWorkerModule,
  PasswordResetsWorkerModule,
  CampaignsWorkerModule,
  WorkerMonitoringModule,
];

/** The worker process: every job handler, no routes. */
@Module({})
export class WorkerModule {
  static with(config: Config): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        ConfigModule.with(config),
        DatabaseModule.register('keel-worker'),
        ...PLATFORM,
        ...DOMAINS,
      ],
      providers: [EventsPurger, ExpiredPurger],
    };
  }
}
