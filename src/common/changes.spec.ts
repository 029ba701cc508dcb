import { expect, test } from '@jest/globals';
import { fieldChanges } from './changes.js';

test('changes hold old and new of what differs, lists and absent values included', () => {
  const before = { name: 'A', roles: ['x'], status: 'active' };
  const after = { name: 'B', roles: ['x', 'y'], status: 'active', note: 'new' };
  expect(fieldChanges(before, after)).toEqual({
    name: ['A', 'B'],
    roles: [['x'], ['x', 'y']],
    note: [null, 'new'],
  });
});

test('nothing differs where a value was given as it was', () => {
  expect(fieldChanges({ roles: ['x'], a: null }, { roles: ['x'], a: null })).toBeNull();
});
