import { Injectable } from '@nestjs/common';
import type { RequestContext } from '../../common/context.js';
import { Problem } from '../../common/errors.js';
import { shortest, textOf, unitsOf } from '../../common/exact-decimal.js';
import { Database } from '../../platform/database/database.js';
import type { RecordJson } from '../../platform/http/answers.js';
import { priceFor, whyNot, whyThis } from './prices.js';
import type { Price, PriceWish } from './prices.js';
import type {
  AppliedPriceDto,
  PriceQueryDto,
  StockAdjustmentInput,
} from './product-selling.dto.js';
import { ProductsService } from './products.service.js';

const SCALE = 4;

/** What a product costs, and what is counted of it by hand. */
@Injectable()
export class ProductSellingService {
  constructor(
    private readonly database: Database,
    private readonly products: ProductsService,
  ) {}

  /** The price that applies and why, with all that were looked at. @throws Problem 404. */
  async priceOf(ctx: RequestContext, id: string, query: PriceQueryDto): Promise<AppliedPriceDto> {
    const { json } = await this.products.reader.get(ctx, id, { fields: ['prices'] });
    const { prices } = JSON.parse(json) as { prices: Price[] };
    const wish = await this.wishOf(ctx, query);
    const best = priceFor(prices, wish);
    const faults = prices.map((price) => whyNot(price, wish));
    const others = prices.filter((price, index) => faults[index] === undefined && price !== best);
    return {
      productId: id,
      ...{ currency: wish.currency, quantity: wish.quantity, at: wish.on },
      amount: best?.amount ?? null,
      priceId: best?.id ?? null,
      reason: best
        ? whyThis(best, others)
        : `No price is valid in ${wish.currency} for a quantity of ${wish.quantity} on ${wish.on}.`,
      considered: prices.map((price, index) => ({
        ...price,
        applies: faults[index] === undefined,
        reason: faults[index] ?? null,
      })),
    };
  }

  private async wishOf(ctx: RequestContext, query: PriceQueryDto): Promise<PriceWish> {
    const [workspace] = await this.database.query<{ currency: string; today: string }>(
      ctx,
      `select default_currency as currency, (now() at time zone time_zone)::date::text as today
       from workspaces where id = $1`,
      [ctx.workspaceId],
    );
    return {
      currency: query.currency ?? workspace?.currency ?? 'EUR',
      quantity: query.quantity ?? '1',
      on: query.at ?? workspace?.today ?? '',
    };
  }

  /**
   * Changes the stock by hand, with a reason.
   * @throws Problem 403, 404, 409 for a stock that nobody counts or that would go below zero, 412,
   * 422 unless exactly one of `change` and `set` is given.
   */
  async adjustStock(
    ctx: RequestContext,
    id: string,
    { change, set, reason }: StockAdjustmentInput,
    ifMatch?: number,
  ): Promise<RecordJson> {
    if ((change === undefined) === (set === undefined)) {
      const detail = 'either `change` or `set` must be given';
      throw Problem.validation([{ pointer: '/change', code: 'oneOf', detail }]);
    }
    if (set?.startsWith('-')) {
      const detail = 'must not be below zero';
      throw Problem.validation([{ pointer: '/set', code: 'min', detail }]);
    }
    const deed = { name: 'stockAdjusted', permission: 'adjustStock', ifMatch, facts: { reason } };
    return this.products.actor.act(ctx, id, deed, ({ values }) => ({
      values: { stock: set ?? changed(values['stock'] as string | null, change ?? '0') },
    }));
  }
}

function changed(stock: string | null, change: string): string {
  if (stock === null) {
    throw new Problem('conflict', 'Nobody counts the stock of the product: begin with `set`.');
  }
  const units = unitsOf(stock, SCALE) + unitsOf(change, SCALE);
  if (units < 0n) {
    const detail = `There are ${stock} pieces: ${change} would leave less than none.`;
    throw new Problem('conflict', detail, { extra: { stock } });
  }
  return shortest(textOf(units, SCALE));
}
