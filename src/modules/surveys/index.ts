export { SurveyMailer } from './survey-mailer.js';
export { SurveysModule, SurveysWorkerModule } from './surveys.module.js';
