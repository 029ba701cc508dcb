export { LEAD, LeadsService } from './leads.service.js';
export { LeadRecordsModule, LeadsModule } from './leads.module.js';
