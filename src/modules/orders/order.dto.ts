import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { CheckedByService } from '../../platform/http/rules.pipe.js';
import {
  AddressField,
  CurrencyField,
  DateField,
  DecimalField,
  IntegerField,
  ListField,
  ReferenceField,
  SelectField,
  TextField,
} from '../../platform/records/fields.js';
import { PageInfoDto, RecordDto, RecordInput } from '../../platform/records/record-dto.js';
import { OrderLineFields } from './order-line.dto.js';
import { ORDER_STATUSES } from './order-states.js';

export const ORDER_KINDS = ['order', 'creditNote'] as const;
export const PAYMENT_STATUSES = ['unpaid', 'partiallyPaid', 'paid', 'overpaid'] as const;

/** Longest list of lines of one order. */
export const MOST_LINES = 2000;

const total = (label: string, description: string, example: string, sortable = false) =>
  DecimalField({
    ...{ label, description, example, sortable, currencyIn: 'currency' },
    ...{ readOnly: true, initial: '0' },
  });

/** The properties of an order. */
export class OrderFields {
  @SelectField({
    label: 'Kind',
    description: 'A credit note has negative quantities and a row of numbers of its own',
    options: ORDER_KINDS,
    readOnly: true,
    importable: true,
    initial: 'order',
    example: 'order',
  })
  kind?: string;

  @IntegerField({
    label: 'Number',
    description: 'Counts the orders of the workspace (and its credit notes) without gaps',
    readOnly: true,
    sortable: true,
    example: 1042,
  })
  number?: number;

  @TextField({
    label: 'Reference',
    description: "The order's number in another system, or the customer's",
    unique: true,
    search: 'title',
    maxLength: 100,
    example: 'PO-2026-0815',
    synonyms: [
      ...['Order number', 'Order no', 'Order ID', 'OrderID', 'Invoice', 'InvoiceNo'],
      ...['Bestellnummer', 'Auftragsnummer', '订单号'],
    ],
  })
  reference?: string | null;

  @SelectField({
    label: 'Status',
    description: 'Changes by confirm, fulfil, close, cancel and reopen',
    options: ORDER_STATUSES,
    readOnly: true,
    importable: true,
    initial: 'draft',
    example: 'draft',
  })
  status?: string;

  @ReferenceField({
    label: 'Contact',
    references: { object: 'contact', include: 'contact', by: ['email'] },
    synonyms: ['Customer contact', 'Ansprechpartner', '联系人'],
  })
  contactId?: string | null;

  @ReferenceField({
    label: 'Company',
    references: { object: 'company', include: 'company', by: ['name', 'domain'] },
    synonyms: ['Customer', 'Customer name', 'Account', 'Kunde', 'Firma', '客户', '公司'],
  })
  companyId?: string | null;

  @ReferenceField({
    label: 'Original order',
    description: 'The order that a credit note belongs to',
    references: { object: 'order', include: 'originalOrder', by: ['reference'] },
    readOnly: true,
  })
  originalOrderId?: string | null;

  @CurrencyField({
    label: 'Currency',
    description: "All amounts are in it; the workspace's if not given",
    example: 'EUR',
    synonyms: ['Währung', '货币', '币种'],
  })
  currency?: string | null;

  @DateField({
    label: 'Order date',
    description: "Today in the workspace's time zone if not given",
    sortable: true,
    example: '2026-03-14',
    synonyms: ['Date', 'Ordered', 'OrderDate', 'InvoiceDate', 'Bestelldatum', '订单日期'],
  })
  orderDate?: string | null;

  @ListField({
    label: 'Lines',
    description: 'What is ordered; fixed once the order is confirmed',
    item: OrderLineFields,
    maxItems: MOST_LINES,
    example: [
      { name: 'Espresso cup, blue', quantity: '2', unitPrice: '19.90', taxRate: '19' },
      { name: 'Engraving', quantity: '1', unitPrice: '15.00', discountPercent: '10' },
    ],
    synonyms: ['Items', 'Positions', 'Positionen', '明细'],
  })
  lines?: object[];

  @AddressField({ label: 'Shipping address', synonyms: ['Ship to', 'Lieferadresse', '收货地址'] })
  shippingAddress?: object | null;

  @AddressField({
    label: 'Billing address',
    synonyms: ['Bill to', 'Invoice address', 'Rechnungsadresse', '账单地址'],
  })
  billingAddress?: object | null;

  @DecimalField({
    label: 'Shipping costs',
    description: 'Without tax',
    currencyIn: 'currency',
    min: 0,
    initial: '0',
    example: '4.90',
    synonyms: ['Freight', 'Shipping', 'Versandkosten', '运费'],
  })
  shippingCosts?: string | null;

  @DecimalField({
    label: 'Tax rate of the shipping costs',
    description: 'Percent',
    min: 0,
    max: 100,
    initial: '0',
    example: '19',
  })
  shippingTaxRate?: string | null;

  @TextField({
    label: 'Notes',
    maxLength: 10_000,
    search: 'text',
    synonyms: ['Comment', 'Remarks', 'Bemerkung', '备注'],
  })
  notes?: string | null;

  @total('Subtotal', 'Sum of the lines before their discounts', '54.80')
  subtotal?: string;

  @total('Discounts', 'Sum of the discounts of the lines', '1.50')
  discountTotal?: string;

  @total('Tax', 'Sum of the tax of the lines and of the shipping costs', '7.56')
  taxTotal?: string;

  @total('Total', '`subtotal - discountTotal + shippingCosts + taxTotal`', '60.86', true)
  total?: string;

  @total('Credited', 'What credit notes have taken back of it', '0.00')
  creditedTotal?: string;

  @total('Paid', 'Payments without refunds', '60.86')
  paidTotal?: string;

  @total('Balance', '`total - creditedTotal - paidTotal`; below zero the customer is owed', '0.00')
  balance?: string;

  @SelectField({
    label: 'Payment status',
    options: PAYMENT_STATUSES,
    readOnly: true,
    initial: 'unpaid',
    example: 'paid',
  })
  paymentStatus?: string;
}

/** Body that makes or changes an order. */
@CheckedByService()
export class OrderInput extends IntersectionType(OrderFields, RecordInput) {}

/** An order as it is answered. */
export class OrderDto extends IntersectionType(OrderFields, RecordDto) {}

export class OrderPageDto {
  @ApiProperty({ type: [OrderDto] }) data!: OrderDto[];
  @ApiProperty({ type: PageInfoDto }) page!: PageInfoDto;
}
