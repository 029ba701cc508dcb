import { describe, expect, it } from '@jest/globals';
import type { ColumnValues } from './field-types.js';
import { DecimalField, fieldsOf, ListField, ReferenceField, TextField } from './fields.js';
import { itemsOf } from './list-items.js';

class Line {
  @ReferenceField({
    label: 'Company',
    indexed: true,
    references: { object: 'company', include: 'company', by: [] },
  })
  companyId?: string | null;
  @TextField({ label: 'Name', required: true }) name!: string;
  @DecimalField({ label: 'Quantity', initial: '1', min: 0, scale: 3 }) quantity?: string;
  @DecimalField({ label: 'Total', readOnly: true }) total?: string;
}

class Fields {
  @ListField({ label: 'Lines', item: Line, maxItems: 3 }) lines?: object[];
}

const [field] = fieldsOf(Fields) as [ReturnType<typeof fieldsOf>[number]];
const ID = '01932c07-4a5e-7f7e-8a3c-1d2e3f4a5b6c';

function read(raw: unknown, lenient = false) {
  const values: ColumnValues = {};
  const fault = field.kind.parse(raw, field, values, { country: null, currency: 'EUR', lenient });
  return fault ?? itemsOf(values['lines']);
}

describe('a list', () => {
  it('gives its items ids and what they do not say', () => {
    expect(read([{ name: 'Bolt' }])).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        companyId: null,
        name: 'Bolt',
        quantity: '1',
        total: null,
      },
    ]);
  });

  it('can be sent back as it was read', () => {
    const [item] = read([{ id: ID, name: 'Bolt', quantity: '2.500' }]) as object[];
    expect(read([{ ...item, total: '99' }])).toEqual([item]);
    expect(item).toMatchObject({ id: ID, quantity: '2.5' });
  });

  it('is read from the cell of an export', () => {
    expect(read(`[{"id":"${ID}","name":"Bolt","quantity":"3"}]`, true)).toMatchObject([
      { id: ID, quantity: '3' },
    ]);
    expect(read('Bolt', true)).toMatchObject({ code: 'isArray' });
  });

  it.each([
    ['no list', {}, { code: 'isArray' }],
    ['too many items', [1, 2, 3, 4].map((n) => ({ name: `${n}` })), { code: 'arrayMaxSize' }],
    ['an item that is none', ['Bolt'], { code: 'isObject', at: '/0' }],
    [
      'a member there is not',
      [{ name: 'a' }, { name: 'b', color: 1 }],
      { code: 'unknownField', at: '/1/color' },
    ],
    ['a member that is missing', [{}], { code: 'isNotEmpty', at: '/0/name' }],
    [
      'a value out of its limits',
      [{ name: 'a', quantity: '-1' }],
      { code: 'min', at: '/0/quantity' },
    ],
    [
      'too many decimals',
      [{ name: 'a', quantity: '1.0001' }],
      { code: 'maxDecimals', at: '/0/quantity' },
    ],
    ['an id that is none', [{ id: 'x', name: 'a' }], { code: 'isUuid', at: '/0/id' }],
    [
      'an id twice',
      [
        { id: ID, name: 'a' },
        { id: ID, name: 'b' },
      ],
      { code: 'duplicate', at: '/1/id' },
    ],
  ])('refuses %s and says where', (_what, raw, fault) => {
    expect(read(raw)).toMatchObject(fault);
  });
});
