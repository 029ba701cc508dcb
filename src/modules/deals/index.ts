export { DEAL, DealsService } from './deals.service.js';
export { DealsModule, DealsWorkerModule } from './deals.module.js';
export { UnconvertedDto, UsedRateDto } from './board.dto.js';
export { addUnconverted, MoneySum, UsedRates } from './money-sum.js';
