import type { RequestContext } from '../../../common/context.js';

/** What Keel itself may do to send a campaign. */
const GRANTS = new Map(
  ['campaign:read', 'campaign:update', 'campaign:send', 'contact:read', 'company:read'].map(
    (permission) => [permission, 'all' as const],
  ),
);

/** Keel sending a campaign: who may ask for it was looked at when it was started. */
export function runContext(workspaceId: string, campaignId: string): RequestContext {
  return {
    workspaceId,
    principal: { type: 'system', id: 'campaigns', userId: null },
    grants: GRANTS,
    accessKey: `campaign:${campaignId}`,
    ...{ requestId: `campaign-${campaignId}`, ip: null },
  };
}
