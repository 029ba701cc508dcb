import { describe, expect, it } from '@jest/globals';
import { MAX_TEXT, searchText, titleOf } from './search-text.js';

describe('titleOf', () => {
  it('does not mind case, accents, punctuation or spaces', () => {
    expect(titleOf("  Müller-Łódź,  O'Straße ")).toBe('muller lodz o strasse');
  });
});

describe('searchText', () => {
  it('begins with the title and holds each value on a line of its own, once', () => {
    const text = searchText('Anna Müller', ['Anna@Example.com', 'anna@example.com', '']);
    expect(text).toBe('anna muller\nanna@example.com\n');
  });

  it('holds the digits of telephone numbers and names without their apostrophe', () => {
    const lines = searchText("O'Neill", ['+49 151 23-45']).split('\n');
    expect(lines).toEqual(['o neill', "o'neill", 'oneill', '+49 151 23-45', '491512345', '']);
  });

  it('keeps values on their lines and stores nothing that PostgreSQL cannot', () => {
    expect(searchText('a\u0000b', ['x\ny\uD800'])).toBe('a b\nx y\uFFFD\n');
  });

  it('is bounded, however much a record holds', () => {
    const text = searchText('title', [`${'x'.repeat(MAX_TEXT - 7)}𠀀`, 'y'.repeat(MAX_TEXT)]);
    expect(text.length).toBeLessThanOrEqual(MAX_TEXT + 1);
    expect(text.isWellFormed()).toBe(true);
  });
});
