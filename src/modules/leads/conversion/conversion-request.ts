import { Problem } from '../../../common/errors.js';
import type { FieldError } from '../../../common/errors.js';
import { isUuid } from '../../../common/uuid.js';

export type Fields = Record<string, unknown>;

/** A record that is there, or the fields of a new one. */
export type Choice = { id: string } | { fields: Fields };

/** What a conversion is asked for. Undefined leaves it to what the lead says; null is none. */
export interface ConversionRequest {
  contact: Choice | undefined;
  company: Choice | null | undefined;
  deal: Fields | null | undefined;
  ownerId: string | undefined;
  dryRun: boolean;
}

const MEMBERS = ['contact', 'company', 'deal', 'ownerId', 'dryRun'];

/** Reads the body of a conversion. @throws Problem 422 naming every fault. */
export function readConversion(body: unknown): ConversionRequest {
  const errors: FieldError[] = [];
  const fail = (pointer: string, code: string, detail: string): undefined => {
    errors.push({ pointer, code, detail });
    return undefined;
  };
  if (!isObject(body ?? {})) throw Problem.validation([fault('', 'isObject', 'must be an object')]);
  const given = (body ?? {}) as Fields;
  for (const name of Object.keys(given)) {
    if (!MEMBERS.includes(name)) fail(`/${name}`, 'unknownField', 'is not a field of this request');
  }
  const { contact, company, deal, ownerId, dryRun = false } = given;
  const request: ConversionRequest = {
    contact: readChoice('/contact', contact, errors),
    company: isNone(company) ? null : readChoice('/company', company, errors),
    deal: isNone(deal) ? null : readFields('/deal', deal, errors),
    ownerId: readOwner(ownerId, errors),
    dryRun: dryRun === true,
  };
  if (typeof dryRun !== 'boolean') fail('/dryRun', 'isBoolean', 'must be true or false');
  if (errors.length > 0) throw Problem.validation(errors);
  return request;
}

const fault = (pointer: string, code: string, detail: string): FieldError => ({
  pointer,
  code,
  detail,
});

const isNone = (value: unknown): boolean => value === null || value === 'none';

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readOwner(raw: unknown, errors: FieldError[]): string | undefined {
  if (raw === undefined) return undefined;
  if (isUuid(raw)) return raw.toLowerCase();
  errors.push(fault('/ownerId', 'isUuid', 'must be the id of a user'));
  return undefined;
}

function readFields(pointer: string, raw: unknown, errors: FieldError[]): Fields | undefined {
  if (raw === undefined) return undefined;
  if (isObject(raw)) return raw;
  errors.push(fault(pointer, 'isObject', 'must be an object of fields'));
  return undefined;
}

function readChoice(pointer: string, raw: unknown, errors: FieldError[]): Choice | undefined {
  if (raw === undefined) return undefined;
  const names = isObject(raw) ? Object.keys(raw) : [];
  if (!isObject(raw) || names.length !== 1 || !['id', 'fields'].includes(names[0] ?? '')) {
    errors.push(fault(pointer, 'choice', 'must be {"id": …} or {"fields": {…}}'));
    return undefined;
  }
  if ('id' in raw) {
    if (isUuid(raw['id'])) return { id: raw['id'].toLowerCase() };
    errors.push(fault(`${pointer}/id`, 'isUuid', 'must be the id of a record'));
    return undefined;
  }
  const fields = readFields(`${pointer}/fields`, raw['fields'], errors);
  return fields && { fields };
}
