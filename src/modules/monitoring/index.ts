export { WorkerMonitoringModule } from './worker-monitoring.module.js';
export { MonitoringModule } from './monitoring.module.js';
