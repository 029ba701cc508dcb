import type { RequestContext } from '../../../common/context.js';
import type { Transaction } from '../../../platform/database/transaction.js';

/** Keel itself, as it looks after what was promised in a workspace. */
export const slaContext = (
  workspaceId: string,
  tx: Transaction,
): RequestContext & { tx: Transaction } => ({
  workspaceId,
  principal: { type: 'system', id: 'sla', userId: null },
  grants: new Map(),
  ...{ accessKey: '', requestId: 'sla', ip: null, tx },
});
