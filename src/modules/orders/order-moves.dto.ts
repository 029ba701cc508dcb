import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsRFC3339,
  IsString,
  IsUUID,
  Length,
  ValidateNested,
} from 'class-validator';
import { Omittable } from '../../platform/http/omittable.decorator.js';
import { nestedClass } from '../../platform/http/rules.js';
import { PageInfoDto } from '../../platform/http/page-info.dto.js';
import { IsQuantity } from '../products/index.js';
import { MOST_LINES } from './order.dto.js';

const MOST_REASON = 1000;

/** Body of what needs no reason. */
export class MoveInput {
  @ApiPropertyOptional({ example: 'Confirmed by telephone', maxLength: MOST_REASON })
  @Omittable()
  @IsString()
  @Length(1, MOST_REASON)
  reason?: string;
}

/** Body of what needs a reason. */
export class ReasonedMoveInput {
  @ApiProperty({ example: 'The customer has changed their mind', maxLength: MOST_REASON })
  @IsString()
  @Length(1, MOST_REASON)
  reason!: string;
}

/** A part of a line. */
export class LinePartInput {
  @ApiProperty({ format: 'uuid', description: 'The `id` of a line of the order' })
  @IsUUID()
  lineId!: string;

  @ApiProperty({ example: '1' })
  @IsQuantity()
  quantity!: string;
}

/** Body of `POST /v1/orders/{id}/fulfil`. */
export class FulfilInput extends MoveInput {
  @ApiPropertyOptional({
    type: [LinePartInput],
    description: 'What is shipped; all that is left, when not given',
  })
  @Omittable()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_LINES)
  @ValidateNested()
  @nestedClass(() => LinePartInput)
  lines?: LinePartInput[];
}

/** Body of `POST /v1/orders/{id}/returns`. */
export class ReturnInput extends ReasonedMoveInput {
  @ApiProperty({
    type: [LinePartInput],
    description: 'What comes back',
    example: [{ lineId: '01a20572-a38b-73e1-8144-9b263f82ac28', quantity: '1' }],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_LINES)
  @ValidateNested()
  @nestedClass(() => LinePartInput)
  lines!: LinePartInput[];

  @ApiPropertyOptional({ default: true, description: 'Whether the pieces go back into the stock' })
  @Omittable()
  @IsBoolean()
  restock?: boolean;
}

/** Body of `POST /v1/orders/{id}/payments`, and of refunds with a reason. */
export class PaymentInput {
  @ApiProperty({ example: '60.86', description: "Above zero, in the order's currency" })
  @IsQuantity()
  amount!: string;

  @ApiPropertyOptional({ example: 'bank transfer', maxLength: 100 })
  @Omittable()
  @IsString()
  @Length(1, 100)
  method?: string;

  @ApiPropertyOptional({ example: 'Statement 14/2026', maxLength: 255 })
  @Omittable()
  @IsString()
  @Length(1, 255)
  reference?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    example: '2026-03-14T09:30:00.000Z',
    description: 'Now if not given',
  })
  @Omittable()
  @IsRFC3339()
  paidAt?: string;
}

/** Body of `POST /v1/orders/{id}/refunds`. */
export class RefundInput extends PaymentInput {
  @ApiPropertyOptional({ example: 'One cup came back broken', maxLength: MOST_REASON })
  @Omittable()
  @IsString()
  @Length(1, MOST_REASON)
  reason?: string;
}

/** What an order's money looks like after a payment. */
class PaidOrderDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 5 }) version!: number;
  @ApiProperty({ example: '60.86' }) total!: string;
  @ApiProperty({ example: '60.86' }) paidTotal!: string;
  @ApiProperty({ example: '0.00' }) balance!: string;
  @ApiProperty({ example: 'paid' }) paymentStatus!: string;
}

/** A payment or a refund as it is answered. */
export class PaymentDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ format: 'uuid' }) orderId!: string;
  @ApiProperty({ enum: ['payment', 'refund'] }) kind!: 'payment' | 'refund';
  @ApiProperty({ example: '60.86' }) amount!: string;
  @ApiProperty({ example: 'EUR' }) currency!: string;
  @ApiProperty({ type: String, nullable: true }) method!: string | null;
  @ApiProperty({ type: String, nullable: true }) reference!: string | null;
  @ApiProperty({ type: String, nullable: true }) reason!: string | null;
  @ApiProperty({ format: 'date-time' }) paidAt!: string;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) createdBy!: string | null;
}

/** A payment that was just recorded, with what is left to pay. */
export class RecordedPaymentDto extends PaymentDto {
  @ApiProperty({ type: PaidOrderDto }) order!: PaidOrderDto;
}

export class PaymentPageDto {
  @ApiProperty({ type: [PaymentDto] }) data!: PaymentDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}
