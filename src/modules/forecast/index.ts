export { FORECAST_BY, ForecastQueryDto, ForecastRowDto } from './forecast.dto.js';
export { ForecastService } from './forecast.service.js';
export { ForecastModule } from './forecast.module.js';
export { QUOTA, QuotasService } from './quotas.service.js';
