import type { RequestContext } from '../../../common/context.js';
import { isUuid } from '../../../common/uuid.js';
import type { Statement } from '../../../platform/database/pipeline.js';
import { eventStatements } from '../../../platform/records/side-statements.js';
import { CONTACT } from '../../contacts/index.js';
import type { Change } from './consent-plan.js';
import type { Actor } from './consents.repository.js';

const EVENTS = {
  pending: 'consent_requested',
  granted: 'consent_granted',
  withdrawn: 'consent_withdrawn',
} as const;

/**
 * Statements of one event for each thing that happened, with all the contacts that it happened to.
 * @param versionOf version of a contact's record, which consent does not change.
 */
export function consentEvents(
  ctx: RequestContext,
  changes: readonly Change[],
  versionOf: (contactId: string) => number,
): Statement[] {
  return [...Map.groupBy(changes, ({ after }) => after)].flatMap(([after, alike]) => {
    const written = [...Map.groupBy(alike, ({ contactId }) => contactId)].map(([id, own]) => ({
      id,
      version: versionOf(id),
      changes: Object.fromEntries<unknown>([
        ...own.map(({ purpose, channel, before }): [string, unknown] => [
          `consent.${purpose.key}.${channel}`,
          [before, after],
        ]),
        ['source', own.at(-1)?.source],
      ]),
    }));
    return eventStatements(ctx, CONTACT, EVENTS[after], written);
  });
}

/** The caller, as the history keeps them. */
export function actorOf({ principal: { type, id, userId } }: RequestContext): Actor {
  return { type, id: isUuid(id) ? id : null, userId };
}
