import { Module } from '@nestjs/common';
import { ActivitiesController } from './activities.controller.js';
import { ActivitiesService } from './activities.service.js';
import { ActivityReminders } from './activity-reminders.js';
import { AgendaController } from './agenda.controller.js';
import { AgendaRepository } from './agenda.repository.js';
import { AgendaService } from './agenda.service.js';
import { CalendarFeedsController } from './calendar-feeds.controller.js';
import { CalendarFeedsRepository } from './calendar-feeds.repository.js';
import { CalendarFeedsService } from './calendar-feeds.service.js';

/** What is to be done and what was done, with and for customers. */
@Module({
  controllers: [ActivitiesController, AgendaController, CalendarFeedsController],
  providers: [
    ActivitiesService,
    ActivityReminders,
    AgendaRepository,
    AgendaService,
    CalendarFeedsRepository,
    CalendarFeedsService,
  ],
  exports: [ActivitiesService, ActivityReminders],
})
export class ActivitiesModule {}
