export { ForecastModule } from './forecast.module.js';
export { QUOTA, QuotasService } from './quotas.service.js';
