import { ApiProperty } from '@nestjs/swagger';

/** Counts of mails. */
class MailCountsDto {
  @ApiProperty({ description: 'Who was in the audience and has an address' }) recipients!: number;
  @ApiProperty({ description: 'Not sent yet' }) waiting!: number;
  @ApiProperty({ description: 'Taken by the mail server' }) sent!: number;
  @ApiProperty({ description: 'Sent, and not come back' }) delivered!: number;
  @ApiProperty({ description: 'Refused for good, at once or later' }) bounced!: number;
  @ApiProperty({ description: 'Put off too often, or could not be made' }) failed!: number;
  @ApiProperty({ description: 'Not to be mailed; `skippedBy` says why' }) skipped!: number;
  @ApiProperty({ description: 'Nobody knows whether the server took them; see `POST …/uncertain`' })
  uncertain!: number;
  @ApiProperty({ description: 'Mails opened; a click is an open, too' }) opened!: number;
  @ApiProperty({ description: 'Times they were opened' }) opens!: number;
  @ApiProperty({ description: 'Mails of which a link was followed' }) clicked!: number;
  @ApiProperty({ description: 'Times a link was followed' }) clicks!: number;
}

class VariantFiguresDto extends MailCountsDto {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Null: none yet' })
  variantId!: string | null;
  @ApiProperty({ type: String, nullable: true, example: 'A' }) name!: string | null;
}

class LinkFiguresDto {
  @ApiProperty({ example: 'https://example.com/new' }) url!: string;
  @ApiProperty({ description: 'Receivers who followed it' }) clicked!: number;
  @ApiProperty({ description: 'Times it was followed' }) clicks!: number;
}

class SkippedDto {
  @ApiProperty({
    example: 'notPermitted',
    description:
      'notPermitted: no consent, or a suppressed address; addressChanged, noAddress, contactGone: ' +
      'since the audience was frozen',
  })
  reason!: string;
  @ApiProperty() count!: number;
}

class AttributedOrdersDto {
  @ApiProperty({ example: 'EUR' }) currency!: string;
  @ApiProperty() count!: number;
  @ApiProperty({ example: '1250.00', description: 'Totals without what was credited' })
  amount!: string;
}

class AttributedDealsDto {
  @ApiProperty({ type: String, nullable: true, example: 'EUR' }) currency!: string | null;
  @ApiProperty() count!: number;
  @ApiProperty({ type: String, nullable: true, example: '5000.00' }) amount!: string | null;
  @ApiProperty({ description: 'Won ones among them' }) won!: number;
  @ApiProperty({ example: '1250.00' }) wonAmount!: string;
}

class AttributionDto {
  @ApiProperty({ description: 'Days after the first open or click that count' }) days!: number;
  @ApiProperty({ type: [AttributedOrdersDto] }) orders!: AttributedOrdersDto[];
  @ApiProperty({ type: [AttributedDealsDto] }) deals!: AttributedDealsDto[];
}

/** What a campaign has done. */
export class FiguresDto extends MailCountsDto {
  @ApiProperty({ description: 'Receivers who withdrew their consent within `attribution.days`' })
  unsubscribed!: number;
  @ApiProperty({ type: String, nullable: true, description: 'Why sending waits at present' })
  trouble!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the winner of the test will be chosen; null for none, or by hand',
  })
  winnerAt!: string | null;
  @ApiProperty({ type: [SkippedDto] }) skippedBy!: SkippedDto[];
  @ApiProperty({ type: [VariantFiguresDto] }) variants!: VariantFiguresDto[];
  @ApiProperty({ type: [LinkFiguresDto], description: 'The 1,000 most followed' })
  links!: LinkFiguresDto[];
  @ApiProperty({
    type: AttributionDto,
    description:
      'Orders (but drafts and cancelled ones) and deals of receivers, made after they opened it ' +
      'or followed a link; each may count for several campaigns',
  })
  attribution!: AttributionDto;
}
