import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';

/** Who may be mailed for a purpose, what tells receivers how to leave, and who cannot be reached. */
@Injectable()
export class MailingPermission {
  /**
   * Why contacts may not be mailed now, by their ids: `suppressed`, `noConsent` …; those who may be
   * are not in it. Within the transaction of `ctx`, where it has one.
   */
  refusals(
    _ctx: RequestContext,
    _purpose: string,
    _contactIds: readonly string[],
  ): Promise<Map<string, string>> {
    return Promise.resolve(new Map());
  }

  /** Where a receiver leaves: a page for people, and headers for their programs (RFC 8058). */
  waysOut(
    _ctx: RequestContext,
    _purpose: string,
    _recipient: { campaignId: string; recipientId: string; contactId: string },
  ): Promise<{ url: string; headers: Record<string, string> }> {
    return Promise.resolve({ url: '', headers: {} });
  }

  /** Nothing more goes to the addresses of these contacts: it bounced, or they complained. */
  suppress(
    _ctx: RequestContext,
    _contactIds: readonly string[],
    _reason: 'bounced' | 'complaint',
  ): Promise<void> {
    return Promise.resolve();
  }
}
