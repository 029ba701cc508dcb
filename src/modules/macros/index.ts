export { MACRO, MacrosService } from './macros.service.js';
export { MacrosModule } from './macros.module.js';
