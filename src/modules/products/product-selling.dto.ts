import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsDateString, IsISO4217CurrencyCode, IsString, Length, Matches } from 'class-validator';
import { Omittable } from '../../platform/http/omittable.decorator.js';

const QUANTITY = /^-?\d{1,15}(?:\.\d{1,4})?$/;
const QUANTITY_RULE = { message: 'must be a decimal text of up to 4 decimals, such as "12.5"' };

/** A quantity in a body: decimal text. */
export const IsQuantity = (): PropertyDecorator => Matches(QUANTITY, QUANTITY_RULE);

/** Body of `POST /v1/products/{id}/stock`: either `change` or `set`. */
export class StockAdjustmentInput {
  @ApiPropertyOptional({
    example: '-2',
    description: 'So many more pieces, or less below zero; not together with `set`',
  })
  @Omittable()
  @IsQuantity()
  change?: string;

  @ApiPropertyOptional({ description: 'So many pieces were counted; begins to track the stock' })
  @Omittable()
  @IsQuantity()
  set?: string;

  @ApiProperty({ example: 'Two broke on the way to the shelf', maxLength: 1000 })
  @IsString()
  @Length(1, 1000)
  reason!: string;
}

/** Parameters of `GET /v1/products/{id}/price`. */
export class PriceQueryDto {
  @ApiPropertyOptional({ example: 'EUR', description: "The workspace's if not given" })
  @Omittable()
  @IsISO4217CurrencyCode()
  currency?: string;

  @ApiPropertyOptional({ example: '12', default: '1' })
  @Omittable()
  @IsQuantity()
  quantity?: string;

  @ApiPropertyOptional({
    example: '2026-03-14',
    description: "A day; today in the workspace's time zone if not given",
  })
  @Omittable()
  @Matches(/^\d{4}-\d\d-\d\d$/, { message: 'must be a day such as 2026-03-14' })
  @IsDateString()
  at?: string;
}

class ConsideredPriceDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 'EUR' }) currency!: string;
  @ApiProperty({ example: '17.90' }) amount!: string;
  @ApiProperty({ type: String, nullable: true, format: 'date' }) from!: string | null;
  @ApiProperty({ type: String, nullable: true, format: 'date' }) until!: string | null;
  @ApiProperty({ type: String, nullable: true, example: '10' }) minQuantity!: string | null;
  @ApiProperty({ description: 'Whether it could apply' }) applies!: boolean;
  @ApiProperty({ type: String, nullable: true, example: 'needs a quantity of 10' })
  reason!: string | null;
}

/** The price that applies, and why. */
export class AppliedPriceDto {
  @ApiProperty({ format: 'uuid' }) productId!: string;
  @ApiProperty({ example: 'EUR' }) currency!: string;
  @ApiProperty({ example: '12' }) quantity!: string;
  @ApiProperty({ format: 'date', example: '2026-03-14' }) at!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    example: '17.90',
    description: 'For one unit, without tax; null when no price applies',
  })
  amount!: string | null;
  @ApiProperty({ type: String, nullable: true, format: 'uuid' }) priceId!: string | null;
  @ApiProperty({ example: 'It is for a quantity of 10 and more, the greatest that applies.' })
  reason!: string;
  @ApiProperty({ type: [ConsideredPriceDto] }) considered!: ConsideredPriceDto[];
}
