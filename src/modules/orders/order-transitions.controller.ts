import { Body, Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../common/context.js';
import { created, ok } from '../../platform/http/answers.js';
import { Endpoint, IdempotencyHeader } from '../../platform/http/endpoint.decorator.js';
import { IfMatchHeader } from '../../platform/http/list-docs.js';
import { Ctx, Id, IfMatch } from '../../platform/http/parameters.js';
import { FulfilInput, MoveInput, ReasonedMoveInput, ReturnInput } from './order-moves.dto.js';
import { OrderReturnsService } from './order-returns.service.js';
import { OrderTransitionsService } from './order-transitions.service.js';
import { OrderDto } from './order.dto.js';

const PROBLEMS = [404, 409, 412, 422];
const NAMES_ALLOWED =
  'An order that is in another state is refused (409); `allowed` names its moves.';

@ApiTags('Orders')
@Controller('v1/orders/:id')
export class OrderTransitionsController {
  constructor(
    private readonly transitions: OrderTransitionsService,
    private readonly returns: OrderReturnsService,
  ) {}

  @Post('confirm')
  @Endpoint({
    permission: 'order:confirm',
    summary: 'Confirm a draft: reserve its stock, fix its lines',
    description:
      'Needs a customer and a line. When there is not enough of a product, nothing is reserved ' +
      `and 409 names in \`products\` what was wanted and what is available. ${NAMES_ALLOWED}`,
    answers: OrderDto,
    problems: PROBLEMS,
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async confirm(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: MoveInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.transitions.confirm(ctx, id, body, version));
  }

  @Post('fulfil')
  @Endpoint({
    permission: 'order:fulfil',
    summary: 'Ship all of an order that is open, or a part of it',
    description: NAMES_ALLOWED,
    answers: OrderDto,
    problems: PROBLEMS,
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async fulfil(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: FulfilInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.transitions.fulfil(ctx, id, body, version));
  }

  @Post('close')
  @Endpoint({
    permission: 'order:close',
    summary: 'Close an order that is fulfilled',
    description: NAMES_ALLOWED,
    answers: OrderDto,
    problems: PROBLEMS,
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async close(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: MoveInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.transitions.close(ctx, id, body, version));
  }

  @Post('cancel')
  @Endpoint({
    permission: 'order:cancel',
    summary: 'Cancel an order, or what has not been shipped of it',
    description:
      'What a partially fulfilled order still owes is credited, and the order is then fulfilled. ' +
      NAMES_ALLOWED,
    answers: OrderDto,
    problems: PROBLEMS,
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async cancel(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: ReasonedMoveInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.transitions.cancel(ctx, id, body, version));
  }

  @Post('reopen')
  @Endpoint({
    permission: 'order:reopen',
    summary:
      'Reopen an order: closed ones are fulfilled again, confirmed and cancelled ones drafts',
    description: NAMES_ALLOWED,
    answers: OrderDto,
    problems: PROBLEMS,
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async reopen(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: ReasonedMoveInput,
    @IfMatch() version: number | undefined,
  ) {
    return ok(await this.transitions.reopen(ctx, id, body, version));
  }

  @Post('returns')
  @Endpoint({
    permission: 'order:return',
    summary: 'Take back what was shipped, with a credit note',
    description:
      'Answers the credit note: an order with negative quantities and a number of its own. It is ' +
      `settled through the order, whose \`creditedTotal\` grows by it. ${NAMES_ALLOWED}`,
    status: 201,
    answers: OrderDto,
    problems: PROBLEMS,
  })
  @IdempotencyHeader()
  @IfMatchHeader()
  async takeBack(
    @Ctx() ctx: RequestContext,
    @Id() id: string,
    @Body() body: ReturnInput,
    @IfMatch() version: number | undefined,
  ) {
    return created(await this.returns.take(ctx, id, body, version), '/v1/orders');
  }
}
