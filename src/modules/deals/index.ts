export { DEAL, DealsService } from './deals.service.js';
export { DealsModule } from './deals.module.js';
