export { LEAD, LeadsService } from './leads.service.js';
export { LeadsModule } from './leads.module.js';
