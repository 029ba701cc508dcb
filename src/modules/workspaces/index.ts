export { ensureFirstAdministrator } from './first-administrator.js';
export type { FirstAdministrator } from './first-administrator.js';
export { WorkspacesModule } from './workspaces.module.js';
