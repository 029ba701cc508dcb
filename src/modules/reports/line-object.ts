import type { ColumnSpec, FieldSpec, FilterType } from '../../platform/records/field-types.js';
import { fieldSpec } from '../../platform/records/field-spec.js';
import type { ObjectDefinition } from '../../platform/records/object-definition.js';

/** What reports need to know of what they count. */
export type Reportable = Pick<
  ObjectDefinition,
  'object' | 'plural' | 'table' | 'paths' | 'references' | 'fieldByName' | 'indexedItems'
> & {
  /** Part of an order: it has no owner, tags, custom properties or bin of its own. */
  isPart?: boolean;
};

const text = (name: string): FieldSpec => fieldSpec(name, 'text', { label: name });
const number = (name: string): FieldSpec => fieldSpec(name, 'decimal', { label: name });
const amount = (name: string): FieldSpec =>
  fieldSpec(name, 'decimal', { label: name, currencyIn: 'currency' });
const reference = (name: string, object: 'order' | 'product'): FieldSpec =>
  fieldSpec(name, 'reference', { label: name, references: { object, include: object, by: [] } });

/** The columns of `order_lines`, which the database keeps beside the orders. */
const FIELDS: readonly FieldSpec[] = [
  reference('orderId', 'order'),
  reference('productId', 'product'),
  text('kind'),
  text('status'),
  fieldSpec('orderDate', 'date', { label: 'Order date' }),
  text('currency'),
  text('sku'),
  text('name'),
  number('quantity'),
  amount('unitPrice'),
  amount('discount'),
  amount('net'),
  amount('tax'),
  amount('total'),
];

const pathOf = (field: FieldSpec) => {
  const [{ column, filter }] = field.columns as [ColumnSpec & { filter: FilterType }];
  return { column, type: filter, field };
};

/** Lines of orders and credit notes, as an object of their own: `orderLines`. */
export const ORDER_LINE: Reportable = {
  object: 'order',
  plural: 'orderLines',
  table: 'order_lines',
  paths: new Map(FIELDS.map((field) => [field.name, pathOf(field)])),
  references: FIELDS.filter(({ references }) => references),
  fieldByName: new Map(FIELDS.map((field) => [field.name, field])),
  indexedItems: new Map(),
  isPart: true,
};
