import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { Problem } from '../../../common/errors.js';
import { CampaignsRepository } from '../campaigns.repository.js';
import { CampaignsService } from '../campaigns.service.js';
import type { FiguresDto } from './figures.dto.js';
import { FiguresRepository } from './figures.repository.js';
import type { VariantCounts } from './figures.repository.js';

const NO_COUNTS = {
  ...{ recipients: 0, waiting: 0, sent: 0, bounced: 0, failed: 0, skipped: 0, uncertain: 0 },
  ...{ delivered: 0, opened: 0, opens: 0, clicked: 0, clicks: 0 },
};
type Counts = typeof NO_COUNTS;

/** What campaigns have done, in figures. */
@Injectable()
export class FiguresService {
  constructor(
    private readonly campaigns: CampaignsService,
    private readonly stored: CampaignsRepository,
    private readonly figures: FiguresRepository,
  ) {}

  /**
   * The figures as they are now.
   * @throws Problem 404.
   */
  async of(ctx: RequestContext, id: string): Promise<FiguresDto> {
    await this.campaigns.reader.get(ctx, id, { fields: [] });
    const campaign = await this.stored.find(ctx, id);
    if (!campaign) throw Problem.notFound('campaign', id);
    const { attributionDays: days, content } = campaign;
    const [rows, skipped, links, unsubscribed, orders, deals, run] = await Promise.all([
      this.figures.byVariant(ctx, id),
      this.figures.skipped(ctx, id),
      this.figures.byLink(ctx, id),
      this.figures.unsubscribed(ctx, id, content.purpose, days),
      ctx.grants.has('order:read') ? this.figures.orders(ctx, id, days) : [],
      ctx.grants.has('deal:read') ? this.figures.deals(ctx, id, days) : [],
      this.figures.run(ctx, id),
    ]);
    const names = new Map(content.variants.map((variant) => [variant.id, variant.name]));
    return {
      ...rows.map(countsOf).reduce(sum, NO_COUNTS),
      ...{ unsubscribed, ...run },
      skippedBy: skipped.map(({ reason, count }) => ({ reason: reason ?? 'unknown', count })),
      variants: rows.map((row) => ({
        ...{ variantId: row.variantId, name: names.get(row.variantId ?? '') ?? null },
        ...countsOf(row),
      })),
      links: links.map(({ url, clicked, clicks }) => ({ url, clicked, clicks })),
      attribution: { days, orders, deals },
    };
  }
}

function countsOf({ variantId: _, returned, ...counts }: VariantCounts): Counts {
  return { ...counts, delivered: counts.sent - returned };
}

function sum(left: Counts, right: Counts): Counts {
  const keys = Object.keys(NO_COUNTS) as (keyof Counts)[];
  return Object.fromEntries(keys.map((key) => [key, left[key] + right[key]])) as Counts;
}
