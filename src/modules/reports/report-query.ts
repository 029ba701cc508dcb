import type { FieldError } from '../../common/errors.js';
import { Problem } from '../../common/errors.js';
import { parseWhere } from '../../common/filter/index.js';
import type { Condition } from '../../common/filter/index.js';
import { normalizeCurrency } from '../../common/values/currency.js';
import { normalizeTimeZone } from '../../common/values/time-zone.js';
import {
  MEASURES,
  MOST_DIMENSIONS,
  MOST_GROUPS,
  MOST_MEASURES,
  PERIODS,
  USUAL_GROUPS,
} from './report-query.dto.js';
import type { MeasureName, Period } from './report-query.dto.js';

/** A measure as it was asked for. */
export interface WantedMeasure {
  measure: MeasureName;
  field: string | null;
  as: string;
}

/** A dimension as it was asked for. */
export interface WantedDimension {
  field: string;
  by: Period | null;
  as: string;
}

/** A report as it was asked for, sound as far as that can be told without its fields. */
export interface ReportQuery {
  object: string;
  where?: Condition;
  measures: WantedMeasure[];
  dimensions: WantedDimension[];
  timeZone?: string;
  currency?: string;
  sort: { name: string; descending: boolean }[];
  limit: number;
}

const MEMBERS = [
  ...['object', 'where', 'measures', 'dimensions', 'timeZone', 'currency', 'sort', 'limit'],
];
const LONGEST_NAME = 128;
const MOST_SORT = 5;
const NAME = /^[A-Za-z][\w.() -]{0,62}$/;

type Body = Record<string, unknown>;

/** Reads the body of a query. @throws Problem 400 for the filter; 422 naming every other fault. */
export function parseReportQuery(body: unknown): ReportQuery {
  if (!isObject(body)) throw new Problem('bad-request', 'The body must be a JSON object.');
  const errors: FieldError[] = [];
  for (const name of Object.keys(body)) {
    if (MEMBERS.includes(name)) continue;
    fault(errors, `/${name}`, 'unknownField', `is not a member: ${MEMBERS.join(', ')}`);
  }
  const query: ReportQuery = {
    object: readName(body['object'], '/object', errors),
    measures: readMeasures(body['measures'], errors),
    dimensions: readDimensions(body['dimensions'], errors),
    ...readValue(normalizeTimeZone, body, 'timeZone', errors),
    ...readValue(normalizeCurrency, body, 'currency', errors),
    sort: readSort(body['sort'], errors),
    limit: readLimit(body['limit'], errors),
  };
  assertDistinct(query, errors);
  if (errors.length > 0) throw Problem.validation(errors);
  return body['where'] === undefined ? query : { ...query, where: parseWhere(body['where']) };
}

const isObject = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function fault(errors: FieldError[], pointer: string, code: string, detail: string): void {
  errors.push({ pointer, code, detail });
}

function readName(raw: unknown, pointer: string, errors: FieldError[]): string {
  if (typeof raw === 'string' && raw !== '' && raw.length <= LONGEST_NAME) return raw;
  fault(errors, pointer, 'isString', `must be a name of 1 to ${LONGEST_NAME} characters`);
  return '';
}

function readItems(raw: unknown, at: string, least: number, most: number, errors: FieldError[]) {
  const items: unknown[] = raw === undefined && least === 0 ? [] : Array.isArray(raw) ? raw : [];
  const isSound = raw === undefined ? least === 0 : Array.isArray(raw);
  if (!isSound || items.length < least || items.length > most) {
    fault(errors, at, 'arraySize', `must be a list of ${least} to ${most}`);
    return [];
  }
  return items.flatMap((item, index) => {
    if (isObject(item)) return [{ item, at: `${at}/${index}` }];
    fault(errors, `${at}/${index}`, 'isObject', 'must be an object');
    return [];
  });
}

function assertMembers(item: Body, names: string[], at: string, errors: FieldError[]): void {
  for (const name of Object.keys(item)) {
    if (names.includes(name)) continue;
    fault(errors, `${at}/${name}`, 'unknownField', `is not a member: ${names.join(', ')}`);
  }
}

function readMeasures(raw: unknown, errors: FieldError[]): WantedMeasure[] {
  return readItems(raw, '/measures', 1, MOST_MEASURES, errors).map(({ item, at }) => {
    assertMembers(item, ['measure', 'field', 'as'], at, errors);
    const measure = MEASURES.find((name) => name === item['measure']);
    if (!measure) fault(errors, `${at}/measure`, 'isIn', `must be one of ${MEASURES.join(', ')}`);
    const lacks = item['field'] === undefined && measure === 'count';
    const field = lacks ? null : readName(item['field'], `${at}/field`, errors);
    const usual = field === null ? 'count' : `${measure}(${field})`;
    return { measure: measure ?? 'count', field, as: readAs(item['as'], usual, at, errors) };
  });
}

function readDimensions(raw: unknown, errors: FieldError[]): WantedDimension[] {
  return readItems(raw, '/dimensions', 0, MOST_DIMENSIONS, errors).map(({ item, at }) => {
    assertMembers(item, ['field', 'by', 'as'], at, errors);
    const field = readName(item['field'], `${at}/field`, errors);
    const by = PERIODS.find((name) => name === item['by']) ?? null;
    if (by === null && item['by'] !== undefined) {
      fault(errors, `${at}/by`, 'isIn', `must be one of ${PERIODS.join(', ')}`);
    }
    return { field, by, as: readAs(item['as'], field, at, errors) };
  });
}

function readAs(raw: unknown, usual: string, at: string, errors: FieldError[]): string {
  if (raw === undefined) return usual;
  if (typeof raw === 'string' && NAME.test(raw)) return raw;
  const detail = 'must be a name of up to 63 letters, digits, _ and ., beginning with a letter';
  fault(errors, `${at}/as`, 'matches', detail);
  return usual;
}

function readValue(
  normalize: (raw: unknown) => { value?: string; error?: { code: string; detail: string } },
  body: Body,
  name: 'timeZone' | 'currency',
  errors: FieldError[],
): { timeZone?: string; currency?: string } {
  if (body[name] === undefined) return {};
  const { value, error } = normalize(body[name]);
  if (error) fault(errors, `/${name}`, error.code, error.detail);
  return { [name]: value };
}

function readSort(raw: unknown, errors: FieldError[]): ReportQuery['sort'] {
  if (raw === undefined) return [];
  const names: unknown[] = typeof raw === 'string' ? raw.split(',') : Array.isArray(raw) ? raw : [];
  const isSound = names.every((name) => typeof name === 'string');
  if (!isSound || names.length === 0 || names.length > MOST_SORT) {
    fault(errors, '/sort', 'isString', `must be a list of 1 to ${MOST_SORT} names of columns`);
    return [];
  }
  return names.map((name) =>
    name.startsWith('-') ? { name: name.slice(1), descending: true } : { name, descending: false },
  );
}

function readLimit(raw: unknown, errors: FieldError[]): number {
  if (raw === undefined) return USUAL_GROUPS;
  if (Number.isInteger(raw) && Number(raw) >= 1 && Number(raw) <= MOST_GROUPS) return Number(raw);
  fault(errors, '/limit', 'range', `must be a whole number from 1 to ${MOST_GROUPS}`);
  return 1;
}

/** Every column has a name of its own. */
function assertDistinct({ measures, dimensions }: ReportQuery, errors: FieldError[]): void {
  const seen = new Set<string>();
  const check = (as: string, pointer: string): void => {
    if (seen.has(as)) {
      fault(
        errors,
        pointer,
        'unique',
        `there is a column ${as} already: give it a name with \`as\``,
      );
    }
    seen.add(as);
  };
  for (const [index, { as }] of dimensions.entries()) check(as, `/dimensions/${index}`);
  for (const [index, { as }] of measures.entries()) check(as, `/measures/${index}`);
}
