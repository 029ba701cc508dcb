export { CHANNELS, isAddressed } from './channels.js';
export type { Addressed, Channel } from './channels.js';
export { ConsentModule, ConsentWorkerModule, ReachabilityModule } from './consent.module.js';
export { Reachability } from './mailing/reachability.js';
export type { ContactCondition, UnsubscribeHeaders } from './mailing/reachability.js';
export type { ConsentPurposeDto } from './purposes/consent-purpose.dto.js';
export { firstPurpose } from './purposes/first-purpose.js';
export { SUPPRESSION_REASONS } from './suppressions/suppression.dto.js';
export type { SuppressionReason } from './suppressions/suppression.dto.js';
