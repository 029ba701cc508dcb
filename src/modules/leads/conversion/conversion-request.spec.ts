import { describe, expect, it } from '@jest/globals';
import { Problem } from '../../../common/errors.js';
import { companyDomain, companyKey } from './company-names.js';
import { readConversion } from './conversion-request.js';

const ID = '0198c0de-0000-7000-8000-000000000000';

describe('readConversion', () => {
  it('leaves to the lead what the body does not say; null and none are none', () => {
    const nothing = { contact: undefined, company: undefined, deal: undefined, ownerId: undefined };
    for (const body of [{}, undefined, null]) {
      expect(readConversion(body)).toEqual({ ...nothing, dryRun: false });
    }
    expect(readConversion({ company: null, deal: 'none' })).toMatchObject({
      ...{ company: null, deal: null },
    });
    expect(readConversion({ contact: { id: ID.toUpperCase() }, dryRun: true })).toMatchObject({
      ...{ contact: { id: ID }, dryRun: true },
    });
  });

  it.each<[unknown, string]>([
    [[], ''],
    [{ contact: null }, '/contact'],
    [{ contact: {} }, '/contact'],
    [{ contact: { id: ID, fields: {} } }, '/contact'],
    [{ contact: { id: 'x' } }, '/contact/id'],
    [{ company: { fields: [] } }, '/company/fields'],
    [{ deal: 'some' }, '/deal'],
    [{ ownerId: 'me' }, '/ownerId'],
    [{ dryRun: 'yes' }, '/dryRun'],
    [{ dryrun: true }, '/dryrun'],
  ])('refuses %j at %s', (body, pointer) => {
    let refusal: unknown;
    try {
      readConversion(body);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(Problem);
    expect((refusal as Problem).errors?.[0]?.pointer).toBe(pointer);
  });
});

describe('names of companies', () => {
  it.each([
    ['Müller & Söhne GmbH & Co. KG', 'muller sohne'],
    ['MULLER SOHNE', 'muller sohne'],
    ['Acme, Inc.', 'acme'],
    ['SE', 'se'],
    ['  ', ''],
  ])('%s is compared as %s', (name, key) => {
    expect(companyKey(name)).toBe(key);
  });

  it('come with the domain of a website, or of an address that is not at a provider', () => {
    expect(companyDomain('https://www.acme.example/about', 'a@other.example')).toBe('acme.example');
    expect(companyDomain(null, 'a@acme.example')).toBe('acme.example');
    expect(companyDomain(null, 'a@gmail.com')).toBeNull();
    expect(companyDomain(null, null)).toBeNull();
  });
});
