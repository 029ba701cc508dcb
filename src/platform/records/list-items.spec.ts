import { describe, expect, it } from '@jest/globals';
import type { ColumnValues } from './field-types.js';
import { DecimalField, fieldsOf, ListField, ReferenceField, TextField } from './fields.js';
import { itemsOf } from './list-items.js';
import type { GivenItem } from './list-items.js';
import { completedList } from './list-matching.js';

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
  return fault ?? itemsOf(completedList(field, values['lines']));
}

/** What a list becomes that is given to a record with the stored items. */
function again(given: readonly GivenItem[], stored: readonly object[]) {
  const values: ColumnValues = {};
  const context = { country: null, currency: 'EUR', lenient: false };
  expect(field.kind.parse(given, field, values, context)).toBeUndefined();
  const text = JSON.stringify(stored);
  const completed = completedList(field, values['lines'], text);
  return completed === text ? 'the same' : itemsOf(completed);
}

const line = (id: string, name: string, quantity: string, total: string) => ({
  ...{ id, companyId: null, name, quantity, total },
});

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

describe('a list that is given again', () => {
  const stored = [
    line('a', 'Bolt', '2.50', '5.00'),
    line('b', 'Nut', '1', '0.10'),
    line('c', 'Nut', '1', '0.12'),
  ];

  it('is the same when its items are, though nobody names their ids', () => {
    const given = [{ name: 'Bolt', quantity: '2.5' }, { name: 'Nut' }, { name: 'Nut' }];
    expect(again(given, stored)).toBe('the same');
  });

  it('gives items the ids of those that are equal in what is given, each once', () => {
    const given = [{ name: 'Washer' }, { name: 'Nut' }, { name: 'Bolt' }];
    expect(again(given, stored)).toEqual([
      expect.objectContaining({ name: 'Washer', id: expect.stringMatching(/^[0-9a-f-]{36}$/) }),
      stored[1],
      // Its quantity is not given, so it is one now; what the server knew of it holds no more.
      line('a', 'Bolt', '1', null as never),
    ]);
    expect(again([{ name: 'Nut' }, { name: 'Nut' }, { name: 'Nut' }], stored)).toMatchObject([
      { id: expect.not.stringMatching(/^[abc]$/) },
      { id: 'b' },
      { id: 'c' },
    ]);
  });

  it('takes no id that another item names', () => {
    const known = [line(ID, 'Bolt', '1', '2.00')];
    expect(again([{ name: 'Bolt' }, { id: ID, name: 'Nut' }], known)).toMatchObject([
      { id: expect.not.stringMatching(ID), name: 'Bolt' },
      { id: ID, name: 'Nut', total: null },
    ]);
  });
});
