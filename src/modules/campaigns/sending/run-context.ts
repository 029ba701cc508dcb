import type { Reach, RequestContext } from '../../../common/context.js';
import { RECORD_OBJECTS } from '../../../platform/access/permissions.js';

/** What Keel itself may do to send a campaign: read what its audience asks for, and move it on. */
const GRANTS: ReadonlyMap<string, Reach> = new Map<string, Reach>([
  ...RECORD_OBJECTS.map((object): [string, Reach] => [`${object}:read`, 'all']),
  ['campaign:update', 'all'],
]);

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
