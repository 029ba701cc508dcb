export { ImportsModule, ImportsWorkerModule } from './imports.module.js';
export { ImportWatcher } from './import-watcher.js';
export type { ChunkMoment } from './import-watcher.js';
