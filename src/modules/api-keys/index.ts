export { ApiKeysModule } from './api-keys.module.js';
export { ensureCommandLineKey } from './command-line-key.js';
