import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { json, page } from '../../platform/http/answers.js';
import {
  Endpoint,
  IdempotencyHeader,
  NOT_MODIFIED,
} from '../../platform/http/endpoint.decorator.js';
import { IfMatchHeader } from '../../platform/http/list-docs.js';
import { Ctx, Id, IfMatch, Url } from '../../platform/http/parameters.js';
import { PageQueryDto } from '../../platform/records/record-dto.js';
import {
  PaymentInput,
  PaymentPageDto,
  RecordedPaymentDto,
  RefundInput,
} from './order-moves.dto.js';
import { OrderPaymentsService } from './order-payments.service.js';

@ApiTags('Orders')
@Controller('v1/orders/:id')
export class OrderPaymentsController {
  constructor(private readonly payments: OrderPaymentsService) {}

  @Get('payments')
  @Endpoint({
    permission: 'order:read',
    summary: 'Payments and refunds of an order, oldest first',
    answers: PaymentPageDto,
    alsoAnswers: { 304: NOT_MODIFIED },
    problems: [404],
  })
  async listPayments(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Query() query: PageQueryDto,
    @Url() url: string,
  ) {
    return page(await this.payments.page(ctx, id, query), url);
  }

  @Post('payments')
  @Endpoint({
    permission: 'order:pay',
    summary: 'Record a payment for an order',
    description:
      'More than is due is taken: the balance is then below zero and `paymentStatus` is ' +
      '`overpaid`, until the rest is refunded. Send an Idempotency-Key, so that a repeated ' +
      'request is not a second payment.',
    status: 201,
    answers: RecordedPaymentDto,
    problems: [404, 409, 412, 422],
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async pay(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: PaymentInput,
    @IfMatch() version: number | undefined,
  ) {
    return json(await this.payments.pay(ctx, id, body, version), 201);
  }

  @Post('refunds')
  @Endpoint({
    permission: 'order:refund',
    summary: 'Record a refund for an order',
    description: 'At most what was paid, or what a credit note of its own owes.',
    status: 201,
    answers: RecordedPaymentDto,
    problems: [404, 409, 412, 422],
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async refund(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: RefundInput,
    @IfMatch() version: number | undefined,
  ) {
    return json(await this.payments.refund(ctx, id, body, version), 201);
  }
}
