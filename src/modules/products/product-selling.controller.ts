import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { json, ok } from '../../platform/http/answers.js';
import { Endpoint, IdempotencyHeader } from '../../platform/http/endpoint.decorator.js';
import { IfMatchHeader } from '../../platform/http/list-docs.js';
import { Ctx, Id, IfMatch } from '../../platform/http/parameters.js';
import { AppliedPriceDto, PriceQueryDto, StockAdjustmentInput } from './product-selling.dto.js';
import { ProductDto } from './product.dto.js';
import { ProductSellingService } from './product-selling.service.js';

@ApiTags('Products')
@Controller('v1/products/:id')
export class ProductSellingController {
  constructor(private readonly selling: ProductSellingService) {}

  @Get('price')
  @Endpoint({
    permission: 'product:read',
    summary: 'The price of a product that applies, and why',
    description:
      'Of the prices that are valid on the day and for the quantity, the one with the greatest ' +
      '`minQuantity` applies, then the one with the latest `from`, then the last of the list.',
    answers: AppliedPriceDto,
    problems: [404],
  })
  async getPrice(@Ctx() ctx: RequestContext, @Id() id: string, @Query() query: PriceQueryDto) {
    return json(await this.selling.priceOf(ctx, id, query));
  }

  @Post('stock')
  @Endpoint({
    permission: 'product:adjustStock',
    summary: 'Correct the stock of a product, or begin to count it',
    answers: ProductDto,
    problems: [404, 409, 412, 422],
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async adjustStock(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: StockAdjustmentInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.selling.adjustStock(ctx, id, body, version));
  }
}
