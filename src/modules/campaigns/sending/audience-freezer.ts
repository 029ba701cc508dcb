import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { uuidv7 } from '../../../common/uuid.js';
import { Database } from '../../../platform/database/database.js';
import { AudienceConditions } from '../audience/audience-conditions.js';
import { AudienceRepository, FIRST_ID } from '../audience/audience.repository.js';
import type { AudienceContact } from '../audience/audience.repository.js';
import type { CampaignContent } from '../campaign-content.js';
import { MailingPermission } from '../mailing-permission.js';
import { addressHash } from './address-hash.js';
import { NOT_PERMITTED, RecipientsRepository } from './recipients.repository.js';
import type { NewRecipient } from './recipients.repository.js';
import { RunsRepository } from './runs.repository.js';
import type { RunKey } from './runs.repository.js';
import { SendingOptions } from './sending-options.js';
import { dueIn } from './start-time.js';
import type { SendTime } from './start-time.js';
import { HELD, VariantShares } from './variant-shares.js';

/** What decides over recipients besides the audience. */
export interface FreezePlan {
  content: CampaignContent;
  testPercent: number | null;
  /** The variant that has won already, if any: nobody waits for it then. */
  winner: string | null;
  time: SendTime;
}

/** Settles who gets a campaign: everybody who is in its audience when it begins. */
@Injectable()
export class AudienceFreezer {
  constructor(
    private readonly database: Database,
    private readonly conditions: AudienceConditions,
    private readonly audience: AudienceRepository,
    private readonly permission: MailingPermission,
    private readonly runs: RunsRepository,
    private readonly recipients: RecipientsRepository,
    private readonly options: SendingOptions,
  ) {}

  /**
   * Freezes the next part; false when all is frozen. Each part is one transaction with its place,
   * so that whoever takes over goes on from there.
   */
  async step(ctx: RequestContext, key: RunKey, plan: FreezePlan): Promise<boolean> {
    const condition = await this.conditions.of(ctx, plan.content);
    return this.database.transaction(ctx, async (tx) => {
      await this.runs.keepCampaign(tx, key);
      const run = await this.runs.hold(tx, key);
      if (!run) throw new Error('Another worker sends the campaign');
      if (run.frozenAt !== null) return false;
      const inside = { ...ctx, tx };
      const after = run.place ?? FIRST_ID;
      const end = await this.audience.spanEnd(inside, after, this.options.span);
      if (end === null) {
        await tx.run([this.runs.savePlace(key, null, run.assigned)]);
        return false;
      }
      const permitted = await this.permission.condition(inside, plan.content.purpose);
      const found = await this.audience.members(inside, condition, permitted, after, end);
      const made = recipientsOf(found, key, plan, run.assigned);
      if (made.length > 0) await tx.run([this.recipients.insert(key, made)]);
      await tx.run([this.runs.savePlace(key, end, run.assigned)]);
      return true;
    });
  }
}

/** @param assigned recipients of each variant so far; counted on. */
function recipientsOf(
  found: readonly AudienceContact[],
  { campaignId }: RunKey,
  { content, testPercent, winner, time }: FreezePlan,
  assigned: Record<string, number>,
): NewRecipient[] {
  const { variants } = content;
  const shares = new VariantShares(variants, testPercent, assigned);
  return found.map(({ id, email, timeZone, isPermitted }) => {
    const share = isPermitted ? shares.next() : null;
    const isHeld = share === HELD && winner === null;
    return {
      ...{ id: uuidv7(), contactId: id, addressHash: addressHash(campaignId, email) },
      variantId: share === HELD ? winner : share,
      state: !isPermitted ? 'skipped' : isHeld ? 'held' : 'pending',
      reason: isPermitted ? null : NOT_PERMITTED,
      dueAt: new Date(dueIn(time, timeZone)).toISOString(),
    };
  });
}
