export { firstPipeline } from './first-pipeline.js';
export { FORECAST_CATEGORIES } from './pipeline.dto.js';
export type { ForecastCategory, StageType } from './pipeline.dto.js';
export { REQUIRABLE } from './pipeline-rules.js';
export { PIPELINE, PipelinesService } from './pipelines.service.js';
export { PipelinesModule } from './pipelines.module.js';
