import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { uuidv7 } from '../../../common/uuid.js';
import { Database } from '../../../platform/database/database.js';
import { AudienceConditions } from '../audience/audience-conditions.js';
import type { ConditionSql } from '../audience/audience-conditions.js';
import { AudienceRepository, FIRST_ID } from '../audience/audience.repository.js';
import type { AudienceContact } from '../audience/audience.repository.js';
import type { CampaignContent } from '../campaign-content.js';
import { MailingPermission } from '../mailing-permission.js';
import { addressHash } from './address-hash.js';
import { RecipientsRepository } from './recipients.repository.js';
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
      const found = await this.found(inside, condition, after, end, plan);
      const made = recipientsOf(found, key, plan, run.assigned);
      if (made.length > 0) await tx.run([this.recipients.insert(key, made)]);
      await tx.run([this.runs.savePlace(key, end, run.assigned)]);
      return true;
    });
  }

  private async found(
    ctx: RequestContext,
    condition: ConditionSql,
    after: string,
    end: string,
    { content }: FreezePlan,
  ): Promise<(AudienceContact & { refusal: string | null })[]> {
    const members = await this.audience.members(ctx, condition, after, end);
    const ids = members.map(({ id }) => id);
    const refusals = await this.permission.refusals(ctx, content.purpose, ids);
    return members.map((member) => ({ ...member, refusal: refusals.get(member.id) ?? null }));
  }
}

/** @param assigned recipients of each variant so far; counted on. */
function recipientsOf(
  found: readonly (AudienceContact & { refusal: string | null })[],
  { campaignId }: RunKey,
  { content, testPercent, winner, time }: FreezePlan,
  assigned: Record<string, number>,
): NewRecipient[] {
  const { variants } = content;
  const shares = new VariantShares(variants, testPercent, assigned);
  return found.map(({ id, email, timeZone, refusal }) => {
    const share = refusal === null ? shares.next() : null;
    const isHeld = share === HELD && winner === null;
    return {
      ...{ id: uuidv7(), contactId: id, addressHash: addressHash(campaignId, email) },
      variantId: share === HELD ? winner : share,
      state: refusal !== null ? 'skipped' : isHeld ? 'held' : 'pending',
      reason: refusal,
      dueAt: new Date(dueIn(time, timeZone)).toISOString(),
    };
  });
}
