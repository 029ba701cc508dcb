import { describe, expect, it } from '@jest/globals';
import {
  multiselectNormalizer,
  multiselectReader,
  selectNormalizer,
  selectReader,
} from './select.js';

const OPTIONS = [
  { value: 'gold', label: 'Gold, best' },
  { value: 'silver', label: 'Silber' },
  { value: 'Silber', label: 'Other' },
];

describe('select', () => {
  it('takes a value exactly as defined, and names the options otherwise', () => {
    const normalize = selectNormalizer(OPTIONS);
    expect(normalize('gold')).toEqual({ value: 'gold' });
    expect(normalize('Gold').error).toEqual({
      code: 'isIn',
      detail: 'must be one of gold, silver, Silber',
    });
    expect(normalize('__proto__').error?.code).toBe('isIn');
    expect(normalize(1).error?.code).toBe('isIn');
  });

  it('takes values and labels of cells without regard to case, values first', () => {
    const read = selectReader(OPTIONS);
    expect(read(' GOLD ')).toEqual({ value: 'gold' });
    expect(read('gold, BEST')).toEqual({ value: 'gold' });
    expect(read('silber')).toEqual({ value: 'Silber' });
    expect(read('bronze').error?.code).toBe('isIn');
  });

  it('names ten options at most', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({ value: `o${index}` }));
    expect(selectNormalizer(many)('x').error?.detail).toMatch(/o9, …$/);
  });
});

describe('multiselect', () => {
  it('takes a list of options, each once, and says which entry is none', () => {
    const normalize = multiselectNormalizer(selectNormalizer(OPTIONS));
    expect(normalize(['silver', 'gold', 'silver'])).toEqual({ value: ['silver', 'gold'] });
    expect(normalize(['gold', 'x']).error).toMatchObject({ code: 'isIn', at: '/1' });
    expect(normalize('gold').error?.code).toBe('isArray');
  });

  it('splits cells, but not the label of one option', () => {
    const read = multiselectReader(OPTIONS);
    expect(read('gold; Other')).toEqual({ value: ['gold', 'Silber'] });
    expect(read('Gold, best')).toEqual({ value: ['gold'] });
    expect(read('gold; bronze').error?.code).toBe('isIn');
  });
});
