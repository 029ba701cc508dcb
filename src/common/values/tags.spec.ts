import { describe, expect, it } from '@jest/globals';
import { normalizeTags, readTags } from './tags.js';

describe('normalizeTags', () => {
  it('trims, keeps the order and each tag once', () => {
    expect(normalizeTags([' vip ', 'eu', 'vip', 'VIP'])).toEqual({ value: ['vip', 'eu', 'VIP'] });
    expect(normalizeTags([])).toEqual({ value: [] });
  });

  it('holds at most 50 different tags of at most 64 characters', () => {
    const many = Array.from({ length: 51 }, (_, index) => `t${index}`);
    expect(normalizeTags(many).error?.code).toBe('arrayMaxSize');
    expect(normalizeTags([...many.slice(1), 't1', 't2']).value).toHaveLength(50);
    expect(normalizeTags(['x'.repeat(65)]).error).toMatchObject({ code: 'maxLength', at: '/0' });
    expect(normalizeTags(new Array(1_000_000).fill('a')).error?.code).toBe('arrayMaxSize');
  });

  it('says which entry is wrong', () => {
    expect(normalizeTags(['a', 1]).error).toMatchObject({ code: 'isString', at: '/1' });
    expect(normalizeTags(['a', ' ']).error).toMatchObject({ code: 'isNotEmpty', at: '/1' });
    expect(normalizeTags('a').error?.code).toBe('isArray');
  });
});

describe('readTags', () => {
  it('splits a cell at commas, semicolons, bars and line breaks, and skips blanks', () => {
    expect(readTags('vip; eu,,x|y\nz ; ')).toEqual({ value: ['vip', 'eu', 'x', 'y', 'z'] });
    expect(readTags('')).toEqual({ value: [] });
  });
});
