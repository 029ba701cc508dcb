import { unfit } from '../columns.js';
import { parseProperty, splitValue, unescaped, type Property } from './content-line.js';

/** Values of a card by column. */
export type CardValues = Map<string, string | string[]>;

/** Not for people to read: pictures, sounds, keys, and what the program that wrote it noted. */
const LEFT_OUT = new Set(
  'BEGIN END VERSION PRODID REV PHOTO LOGO SOUND KEY AGENT SORT-STRING CLIENTPIDMAP XML PROFILE KIND'.split(
    ' ',
  ),
);

const N_PARTS = ['lastName', 'firstName', 'middleName', 'namePrefix', 'nameSuffix'];
const ADR_PARTS = ['city', 'region', 'postalCode', 'country'];
const MOST_PROPERTIES = 1000;

/** Columns of the properties that are one text. */
const PLAIN: Record<string, string> = {
  FN: 'fullName',
  TITLE: 'title',
  ROLE: 'role',
  NOTE: 'description',
  NICKNAME: 'nickname',
  BDAY: 'birthday',
  ANNIVERSARY: 'anniversary',
  UID: 'uid',
  LANG: 'language',
  TZ: 'timeZone',
  GENDER: 'gender',
};

/**
 * Reads a card's lines into columns named like the properties of contacts. A second telephone
 * number is `phone2`, and so on; mobile and fax numbers have columns of their own. What is marked
 * as preferred comes first. Properties nobody knows (`X-SKYPE`) keep their own names.
 * @param lines unfolded, without BEGIN and END
 * @throws Unfit
 */
export function readCard(lines: readonly string[]): CardValues {
  const isOld = lines.some((line) => /^VERSION:2\.1\s*$/i.test(line));
  const properties: Property[] = [];
  for (const line of lines) {
    if (line.trim() === '') continue;
    const property = parseProperty(line);
    if (property === null) {
      throw unfit('invalid-card', `A line of the card is no property: "${line.slice(0, 80)}".`);
    }
    if (!LEFT_OUT.has(property.name)) properties.push(property);
    if (properties.length > MOST_PROPERTIES) {
      throw unfit('too-many-columns', `The card has more than ${MOST_PROPERTIES} properties.`);
    }
  }
  const values: CardValues = new Map();
  // The sort is stable: what is equally preferred keeps its order.
  properties.sort((one, other) => preference(one) - preference(other));
  for (const property of properties) addProperty(values, property, isOld);
  return values;
}

/** 1 is the most preferred, as in vCard 4; a `pref` type is as good. */
function preference({ types, parameters }: Property): number {
  const given = Number(parameters.get('PREF') ?? NaN);
  if (given >= 1 && given <= 100) return given;
  return types.includes('pref') ? 1 : 101;
}

function addProperty(values: CardValues, property: Property, isOld: boolean): void {
  const { name, value } = property;
  switch (name) {
    case 'N':
      return addParts(values, 'lastName', N_PARTS, splitValue(value, ';', isOld));
    case 'ADR':
      return addAddress(values, splitValue(value, ';', isOld));
    case 'ORG': {
      const [company = '', ...units] = splitValue(value, ';', isOld);
      add(values, 'company', company);
      return add(values, 'department', units.filter(Boolean).join(', '));
    }
    case 'EMAIL':
      return add(values, 'email', unescaped(value, isOld).replace(/^mailto:/i, ''));
    case 'TEL':
      return add(
        values,
        phoneColumn(property.types),
        unescaped(value, isOld).replace(/^tel:/i, ''),
      );
    case 'URL':
      return add(values, 'website', unescaped(value, isOld));
    case 'CATEGORIES':
      return addCategories(values, splitValue(value, ',', isOld).filter(Boolean));
    default:
      return add(values, PLAIN[name] ?? name, unescaped(value, isOld));
  }
}

function phoneColumn(types: readonly string[]): string {
  if (types.includes('cell') || types.includes('iphone')) return 'mobile';
  if (types.includes('fax')) return 'fax';
  return types.includes('pager') ? 'pager' : 'phone';
}

/** Adds a value under the first of `name`, `name2`, `name3` … that is free. */
function add(values: CardValues, name: string, value: string): void {
  if (value !== '') values.set(freeName(values, name), value);
}

function freeName(values: CardValues, name: string): string {
  if (!values.has(name)) return name;
  let number = 2;
  while (values.has(`${name}${number}`)) number += 1;
  return `${name}${number}`;
}

function addParts(values: CardValues, first: string, names: string[], parts: string[]): void {
  if (values.has(first)) return;
  names.forEach((name, index) => {
    const part = parts[index] ?? '';
    if (part !== '') values.set(name, part);
  });
}

/** Post office box, extended address and street are lines of one street. */
function addAddress(values: CardValues, parts: readonly string[]): void {
  const [box = '', extended = '', street = '', ...rest] = parts;
  const lines = [street, extended, box].filter(Boolean).join(', ');
  let prefix = 'address';
  for (let number = 2; hasAddress(values, prefix); number += 1) prefix = `address${number}`;
  if (lines !== '') values.set(`${prefix}.street`, lines);
  ADR_PARTS.forEach((name, index) => {
    const part = rest[index] ?? '';
    if (part !== '') values.set(`${prefix}.${name}`, part);
  });
}

function hasAddress(values: CardValues, prefix: string): boolean {
  return ['street', ...ADR_PARTS].some((name) => values.has(`${prefix}.${name}`));
}

function addCategories(values: CardValues, categories: string[]): void {
  const known = values.get('tags');
  if (categories.length > 0) values.set('tags', [...(known ?? []), ...categories]);
}
