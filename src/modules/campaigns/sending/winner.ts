import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import { CampaignsService } from '../campaigns.service.js';
import type { StoredCampaign } from '../campaigns.repository.js';
import { FiguresRepository } from '../figures/figures.repository.js';

/** Decides which variant of a test is the better one. */
@Injectable()
export class Winner {
  constructor(
    private readonly campaigns: CampaignsService,
    private readonly figures: FiguresRepository,
  ) {}

  /** The variant with the greater part of opened or clicked mails; of equal ones the first. */
  async decide(ctx: RequestContext, campaign: StoredCampaign): Promise<string> {
    const rows = await this.figures.byVariant(ctx, campaign.id);
    const rate = (id: string): number => {
      const row = rows.find(({ variantId }) => variantId === id);
      if (!row || row.sent === 0) return 0;
      return (campaign.winnerBy === 'clicks' ? row.clicked : row.opened) / row.sent;
    };
    const [first, ...others] = campaign.content.variants;
    if (!first) throw new Error('A campaign without variants has no winner');
    const best = others.reduce(
      (one, other) => (rate(other.id) > rate(one.id) ? other : one),
      first,
    );
    await this.choose(ctx, campaign.id, best.id, campaign.winnerBy);
    return best.id;
  }

  private async choose(ctx: RequestContext, id: string, variantId: string, by: string) {
    const deed = { name: 'winnerChosen', permission: 'update', facts: { by } };
    await this.campaigns.actor.act(ctx, id, deed, ({ values }) => {
      if (values['winner_variant_id'] !== null) {
        throw new Problem('conflict', 'Somebody has chosen the winner meanwhile.');
      }
      return { values: { winner_variant_id: variantId } };
    });
  }
}
