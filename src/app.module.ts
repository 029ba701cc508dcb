import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import type { Config } from './config/config.js';
import { ConfigModule } from './config/config.module.js';
import { ActivitiesModule } from './modules/activities/index.js';
import { ApiKeysModule } from './modules/api-keys/index.js';
import { AuthModule } from './modules/auth/index.js';
import { CampaignsModule } from './modules/campaigns/index.js';
import { CompaniesModule } from './modules/companies/index.js';
import { ConsentModule } from './modules/consent/index.js';
import { ContactsModule } from './modules/contacts/index.js';
import { DealsModule } from './modules/deals/index.js';
import { EventsModule } from './modules/events/index.js';
import { ExchangeRatesModule } from './modules/exchange-rates/index.js';
import { ExportsModule } from './modules/exports/index.js';
import { ForecastModule } from './modules/forecast/index.js';
import { ImportsModule } from './modules/imports/index.js';
import { LeadsModule } from './modules/leads/index.js';
import { MonitoringModule } from './modules/monitoring/index.js';
import { PipelinesModule } from './modules/pipelines/index.js';
import { PropertiesModule } from './modules/properties/index.js';
import { ReportsModule } from './modules/reports/index.js';
import { RolesModule } from './modules/roles/index.js';
import { GlobalSearchModule } from './modules/search/index.js';
import { SegmentsModule } from './modules/segments/index.js';
import { OrdersModule } from './modules/orders/index.js';
import { ProductCategoriesModule } from './modules/product-categories/index.js';
import { ProductsModule } from './modules/products/index.js';
import { SurveysModule } from './modules/surveys/index.js';
import { MacrosModule } from './modules/macros/index.js';
import { TeamsModule } from './modules/teams/index.js';
import { SlaModule } from './modules/sla/index.js';
import { TicketMailModule } from './modules/ticket-mail/index.js';
import { TicketsModule } from './modules/tickets/index.js';
import { UsersModule } from './modules/users/index.js';
import { WorkspacesModule } from './modules/workspaces/index.js';
import { CacheModule } from './platform/cache/cache.module.js';
import { ClockModule } from './platform/clock.module.js';
import { DatabaseModule } from './platform/database/database.module.js';
import { HttpModule } from './platform/http/http.module.js';
import { LinksModule } from './platform/links/links.module.js';
import { MailModule } from './platform/mail/mail.module.js';
import { OutboxModule } from './platform/outbox/outbox.module.js';
import { QueueModule } from './platform/queue/queue.module.js';
import { RecordsModule } from './platform/records/records.module.js';
import { SearchModule } from './platform/search/search.module.js';
import { TelemetryModule } from './platform/telemetry/telemetry.module.js';
import { ThrottleModule } from './platform/throttle/throttle.module.js';

const PLATFORM = [
  TelemetryModule,
  HttpModule,
  CacheModule,
  ClockModule,
  ThrottleModule,
  LinksModule,
  MailModule,
  OutboxModule,
  QueueModule,
  SearchModule,
  RecordsModule,
];

const DOMAINS = [
  AuthModule,
  ApiKeysModule,
  WorkspacesModule,
  UsersModule,
  TeamsModule,
  RolesModule,
  CompaniesModule,
  ContactsModule,
  ConsentModule,
  LeadsModule,
  ProductCategoriesModule,
  ProductsModule,
  OrdersModule,
  PipelinesModule,
  DealsModule,
  ActivitiesModule,
  TicketsModule,
  SlaModule,
  TicketMailModule,
  SurveysModule,
  MacrosModule,
  ExchangeRatesModule,
  ForecastModule,
  SegmentsModule,
  ReportsModule,
  CampaignsModule,
  PropertiesModule,
  GlobalSearchModule,
  ImportsModule,
  ExportsModule,
  EventsModule,
  MonitoringModule,
];

/** The API process: every domain's routes, no job handlers. */
@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(config),
        DatabaseModule.register('keel-api'),
        ...PLATFORM,
        ...DOMAINS,
      ],
    };
  }
}
