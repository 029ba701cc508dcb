import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../../common/context.js';
import { JobQueue } from '../../../platform/queue/job-queue.js';
import type { ColumnValues } from '../../../platform/records/field-types.js';
import { contentOf } from '../campaign-content.js';
import { CampaignsService } from '../campaigns.service.js';
import type { StoredCampaign } from '../campaigns.repository.js';
import { FiguresRepository } from '../figures/figures.repository.js';
import { RunsRepository } from './runs.repository.js';
import { RunCampaign, runKey } from './sending.jobs.js';

type Measure = Exclude<StoredCampaign['winnerBy'], 'manual'>;

/** How a variant did: mails sent, and how many of them counted. */
interface Score {
  variantId: string;
  sent: number;
  counted: number;
}

/** Somebody else was faster: there is nothing to decide. */
class Decided extends Error {}

/** Decides which variant of a test is the better one. */
@Injectable()
export class Winner {
  constructor(
    private readonly campaigns: CampaignsService,
    private readonly figures: FiguresRepository,
    private readonly runs: RunsRepository,
    private readonly jobs: JobQueue,
  ) {}

  /**
   * Decides a test whose time has come, in one transaction with the time it takes away, the event,
   * and the job that sends the winner to the others: once, whoever dies and however many try.
   * @param now RFC 3339. @returns false when there is nothing to decide any more.
   */
  async decide(ctx: RequestContext, campaignId: string, now: string): Promise<boolean> {
    const owner = { workspaceId: ctx.workspaceId, campaignId };
    const deed = { name: 'winnerChosen', permission: 'update' };
    try {
      await this.campaigns.actor.act(ctx, campaignId, deed, async ({ values }, tx) => {
        if (values['winner_variant_id'] !== null) throw new Decided();
        if (!(await this.runs.takeWinnerTime(tx, owner, now))) throw new Decided();
        const by = values['winner_by'] as Measure;
        const scores = await this.scores({ ...ctx, tx }, campaignId, values, by);
        await this.jobs.enqueue(tx, RunCampaign, { campaignId }, { coalesce: runKey(campaignId) });
        const facts = { by, variants: scores };
        return { values: { winner_variant_id: bestOf(scores).variantId }, facts };
      });
      return true;
    } catch (error) {
      if (error instanceof Decided) return false;
      throw error;
    }
  }

  private async scores(
    ctx: RequestContext,
    campaignId: string,
    values: ColumnValues,
    by: Measure,
  ): Promise<Score[]> {
    const rows = await this.figures.byVariant(ctx, campaignId);
    const days = values['attribution_days'] as number;
    const ordered =
      by === 'orders'
        ? await this.figures.ordering(ctx, campaignId, days)
        : new Map<string, number>();
    return contentOf(values).variants.map(({ id }) => {
      const row = rows.find(({ variantId }) => variantId === id);
      const counts = { opens: row?.opened, clicks: row?.clicked, orders: ordered.get(id) };
      return { variantId: id, sent: row?.sent ?? 0, counted: (counts[by] as number) ?? 0 };
    });
  }
}

/** The variant with the greatest share; of equal ones, or where nothing counted, the first. */
function bestOf(scores: readonly Score[]): Score {
  const [first, ...others] = scores;
  if (!first) throw new Error('A campaign without variants has no winner');
  const share = ({ sent, counted }: Score): number => (sent === 0 ? 0 : counted / sent);
  return others.reduce((best, other) => (share(other) > share(best) ? other : best), first);
}
