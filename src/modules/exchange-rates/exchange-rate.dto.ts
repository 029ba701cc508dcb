import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsOptional, IsString } from 'class-validator';
import { PageInfoDto } from '../../platform/http/page-info.dto.js';

/** Most rates of one request. */
export const MOST_RATES = 1000;

export class ExchangeRateInput {
  @ApiProperty({ example: 'USD', description: 'ISO 4217 code' })
  @IsString()
  from!: string;

  @ApiProperty({ example: 'EUR', description: 'ISO 4217 code' })
  @IsString()
  to!: string;

  @ApiProperty({ format: 'date', example: '2026-01-02' })
  @IsString()
  date!: string;

  @ApiProperty({ example: '0.9215', description: 'One of `from` is so many of `to`; exact' })
  rate!: string;
}

/** Body of `PUT /v1/exchange-rates`. */
export class PutExchangeRatesDto {
  @ApiProperty({
    type: [ExchangeRateInput],
    minItems: 1,
    maxItems: MOST_RATES,
    example: [{ from: 'USD', to: 'EUR', date: '2026-01-02', rate: '0.9215' }],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_RATES)
  rates!: ExchangeRateInput[];
}

export class ExchangeRateDto {
  @ApiProperty({ example: 'USD' }) from!: string;
  @ApiProperty({ example: 'EUR' }) to!: string;
  @ApiProperty({ format: 'date' }) date!: string;
  @ApiProperty({ example: '0.9215' }) rate!: string;
  @ApiProperty({ format: 'date-time' }) updatedAt!: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) updatedBy!: string | null;
}

export class ExchangeRatePageDto {
  @ApiProperty({ type: [ExchangeRateDto] }) data!: ExchangeRateDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}

export class PutRatesResultDto {
  @ApiProperty({ example: 1 }) created!: number;
  @ApiProperty({ example: 0 }) updated!: number;
  @ApiProperty({ example: 0 }) unchanged!: number;
}

export class RateListQueryDto {
  @ApiPropertyOptional({ description: 'ISO 4217 code' }) @IsOptional() @IsString() from?: string;
  @ApiPropertyOptional({ description: 'ISO 4217 code' }) @IsOptional() @IsString() to?: string;
  @ApiPropertyOptional({ format: 'date', description: 'On or after' })
  @IsOptional()
  @IsString()
  since?: string;
  @ApiPropertyOptional({ format: 'date', description: 'On or before' })
  @IsOptional()
  @IsString()
  until?: string;
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 500, default: 50 })
  @IsOptional()
  @IsString()
  limit?: string;
  @ApiPropertyOptional() @IsOptional() @IsString() cursor?: string;
}

export class ConvertQueryDto {
  @ApiProperty({ example: '100.00' }) @IsString() amount!: string;
  @ApiProperty({ example: 'EUR' }) @IsString() from!: string;
  @ApiProperty({ example: 'EUR' }) @IsString() to!: string;
  @ApiPropertyOptional({ format: 'date', description: 'The latest rate at or before; today' })
  @IsOptional()
  @IsString()
  at?: string;
}

export class ConversionDto {
  @ApiProperty({ example: '100.00' }) amount!: string;
  @ApiProperty({ example: 'USD' }) from!: string;
  @ApiProperty({ example: 'EUR' }) to!: string;
  @ApiProperty({ format: 'date' }) at!: string;
  @ApiProperty({ example: '92.15', description: 'Rounded to the currency, half away from zero' })
  converted!: string;
  @ApiProperty({ example: '0.9215' }) rate!: string;
  @ApiProperty({ format: 'date', description: 'Day that the rate is of' }) rateDate!: string;
  @ApiProperty({
    enum: ['given', 'inverse', 'same'],
    description: 'inverse: from the rate of the other direction, to 15 decimals',
  })
  source!: string;
}
