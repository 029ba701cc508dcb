export { COMPANY, CompaniesService } from './companies.service.js';
export { CompaniesModule } from './companies.module.js';
