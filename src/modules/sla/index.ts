export { SlaModule, SlaWorkerModule } from './sla.module.js';
export { SlaWatch } from './firing/sla-watch.js';
