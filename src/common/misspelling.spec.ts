import { describe, expect, it } from '@jest/globals';
import { misspelt } from './misspelling.js';

const KNOWN = new Map([
  ['email', 'email'],
  ['emailaddress', 'email'],
  ['firstname', 'firstName'],
  ['lastname', 'lastName'],
  ['contact', 'contact'],
  ['company', 'company'],
  ['companyname', 'company'],
  ['country', 'country'],
  ['address1', 'street'],
  ['address2', 'street2'],
  ['postalcode', 'postalCode'],
  ['postcode', 'postalCode'],
  ['region', 'region'],
  ['website', 'website'],
  ['lifecyclestage', 'lifecycleStage'],
]);

describe('misspelt', () => {
  it.each([
    ['fristname', 'firstName'],
    ['firstnam', 'firstName'],
    ['lasttname', 'lastName'],
    ['comapny', 'company'],
    ['compnayname', 'company'],
    ['emailadress', 'email'],
    ['emailaddres', 'email'],
    ['adress1', 'street'],
    ['postalcdoe', 'postalCode'],
    ['websiet', 'website'],
    ['lifecylcestge', 'lifecycleStage'],
  ])('takes %s for %s', (name, meaning) => {
    expect(misspelt(name, KNOWN)).toBe(meaning);
  });

  it.each([
    'contract',
    'county',
    'legion',
    'name',
    'emial',
    'address3',
    'adress3',
    'date',
    'notes',
    'firstdate',
    '',
    'x'.repeat(100_000),
  ])('does not guess at %j', (name) => {
    expect(misspelt(name, KNOWN)).toBeUndefined();
  });

  it('does not choose between two meanings that are equally near', () => {
    const known = new Map([
      ['region1', 'a'],
      ['region', 'b'],
      ['regions', 'c'],
      ['regionx', 'd'],
    ]);
    expect(misspelt('regiony', known)).toBeUndefined();
    expect(misspelt('regino', known)).toBe('b');
  });
});
