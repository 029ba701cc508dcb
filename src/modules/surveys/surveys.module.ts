import { Module } from '@nestjs/common';
import { TicketsModule } from '../tickets/index.js';
import { CsatController } from './csat.controller.js';
import { CsatService } from './csat.service.js';
import { PastRatings } from './past-ratings.js';
import { PublicSurveysController } from './public-surveys.controller.js';
import { PublicSurveysService } from './public-surveys.service.js';
import { SurveyLinks } from './survey-links.js';
import { SurveyMailer } from './survey-mailer.js';
import { SurveySettingsController } from './survey-settings.controller.js';
import { SurveySettingsRepository } from './survey-settings.repository.js';
import { SurveySettingsService } from './survey-settings.service.js';
import { SurveysRepository } from './surveys.repository.js';

/** Whether customers are satisfied with what became of their tickets. */
@Module({
  imports: [TicketsModule],
  controllers: [CsatController, PublicSurveysController, SurveySettingsController],
  providers: [
    ...[CsatService, PublicSurveysService, SurveyLinks, SurveysRepository],
    ...[SurveySettingsRepository, SurveySettingsService, PastRatings],
  ],
})
export class SurveysModule {}

/** What asks them. */
@Module({
  imports: [TicketsModule],
  providers: [PastRatings, SurveyLinks, SurveyMailer, SurveysRepository],
  exports: [SurveyMailer],
})
export class SurveysWorkerModule {}
