import { describe, expect, it } from '@jest/globals';
import { cellReaders } from './cell-forms.js';

describe('dates of a file', () => {
  it.each([
    [undefined, '2010-12-01', '2010-12-01'],
    [undefined, '2010-12-01 08:26:00', '2010-12-01'],
    [undefined, '2010-12-01T23:30:00+05:00', '2010-12-01'],
    ['M/D/YYYY', '12/1/2010 8:26', '2010-12-01'],
    ['M/D/YYYY', '2010-12-01', '2010-12-01'],
    ['D.M.YYYY', '31.1.2011, 9:30 pm', '2011-01-31'],
  ])('of the form %s: %s is %s', (form, text, date) => {
    expect(cellReaders(form)?.date(text)).toMatchObject({ value: date });
  });

  it.each(['1/12/10', '2010-13-01 08:26', 'yesterday', '08:26'])('%s is none', (text) => {
    expect(cellReaders()?.date(text).error).toMatchObject({ code: 'isDateString' });
  });

  it('and times are in the zone of the file', () => {
    const readers = cellReaders('D.M.YYYY', 'Europe/Berlin');
    expect(readers?.datetime('1.7.2011 9:30')).toMatchObject({ value: '2011-07-01T07:30:00.000Z' });
  });

  it('are of a form and a zone that there is', () => {
    expect(cellReaders('Y')).toBeNull();
    expect(cellReaders(undefined, 'Mars/Base')).toBeNull();
  });
});
