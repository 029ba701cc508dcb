import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { isUuid } from '../../../common/uuid.js';
import { Database } from '../../../platform/database/database.js';
import { MailingPermission } from '../mailing-permission.js';
import { addressHash } from '../sending/address-hash.js';
import type { BouncesDto, BouncesInput, BounceType } from './bounce.dto.js';
import { BouncesRepository } from './bounces.repository.js';

/** Mails that came back after the server had taken them. */
@Injectable()
export class BouncesService {
  constructor(
    private readonly database: Database,
    private readonly bounces: BouncesRepository,
    private readonly permission: MailingPermission,
  ) {}

  /** Records what a gateway or a mailbox for bounces has heard; the same told twice counts once. */
  async record(ctx: RequestContext, { bounces }: BouncesInput): Promise<BouncesDto> {
    const told = new Map(
      bounces.flatMap(({ messageId, type, reason }) => {
        const id = recipientOf(messageId);
        return id === null ? [] : [[id, { id, type, reason: reason ?? null }] as const];
      }),
    );
    const recorded = await this.database.transaction(ctx, async (tx) => {
      const rows = await this.bounces.record(tx, ctx, [...told.values()]);
      for (const { id, campaignId, addressHash: frozen, email } of rows) {
        const reason = suppressionOf(told.get(id)?.type);
        // Whoever has another address by now is reached there.
        if (!reason || email === null || addressHash(campaignId, email) !== frozen) continue;
        await this.permission.suppress({ ...ctx, tx }, email, reason);
      }
      return rows.length;
    });
    return { recorded, unknown: bounces.length - recorded };
  }
}

/** The recipient that a Message-ID of a campaign names. */
function recipientOf(messageId: string): string | null {
  const id = messageId.trim().replace(/^</, '').split('@')[0] ?? '';
  return isUuid(id) ? id.toLowerCase() : null;
}

function suppressionOf(type: BounceType | undefined): 'bounced' | 'complaint' | null {
  if (type === 'complaint') return 'complaint';
  return type === 'permanent' ? 'bounced' : null;
}
