import { Problem } from '../../common/errors.js';
import type { FieldError } from '../../common/errors.js';
import type { FieldType } from '../../common/filter/index.js';
import { closest } from '../../common/suggest.js';
import { isList } from './report-fields.js';
import type { ReportField, ReportFields } from './report-fields.js';
import { fault } from './report-query.js';
import type { ReportQuery, WantedDimension, WantedMeasure } from './report-query.js';
import type { MeasureName } from './report-query.dto.js';

export interface PlannedMeasure extends WantedMeasure {
  /** What is measured; null for a count of records. */
  of: ReportField | null;
}

export interface PlannedDimension extends WantedDimension {
  of: ReportField;
  /** Added because amounts of several currencies are not one sum. */
  isAdded?: boolean;
}

export interface ReportPlan {
  measures: PlannedMeasure[];
  dimensions: PlannedDimension[];
  sort: ReportQuery['sort'];
}

const NUMBERS: readonly FieldType[] = ['number', 'integer', 'decimal'];
const TIMES: readonly FieldType[] = ['date', 'datetime'];

/** What can be measured of fields of each type. */
function measuresOf(type: FieldType): readonly MeasureName[] {
  if (isList(type)) return ['count'];
  if (NUMBERS.includes(type)) return ['count', 'distinct', 'sum', 'avg', 'median', 'min', 'max'];
  return TIMES.includes(type) ? ['count', 'distinct', 'min', 'max'] : ['count', 'distinct'];
}

/**
 * Finds the fields of a report. @throws Problem 422 naming each that there is not, or that does not
 * go with its measure; 403 for those of records the caller may not read.
 */
export function planReport(
  query: ReportQuery,
  fields: ReportFields,
  names: () => string[],
): ReportPlan {
  const errors: FieldError[] = [];
  const find = (name: string, pointer: string): ReportField | undefined => {
    const field = fields.get(name);
    if (!field) fault(errors, `${pointer}/field`, 'unknownField', unknown(name, query, names()));
    return field;
  };
  const dimensions = query.dimensions.flatMap((wanted, index) => {
    const at = `/dimensions/${index}`;
    const of = find(wanted.field, at);
    if (of) checkPeriod(wanted, of, at, errors);
    return of ? [{ ...wanted, of }] : [];
  });
  const measures = query.measures.flatMap((wanted, index): PlannedMeasure[] => {
    const at = `/measures/${index}`;
    if (wanted.field === null) return [{ ...wanted, of: null }];
    const of = find(wanted.field, at);
    if (of) checkMeasure(wanted, of, at, errors);
    return of ? [{ ...wanted, of }] : [];
  });
  if (dimensions.filter(({ of }) => isList(of.type)).length > 1) {
    const detail = 'only one dimension may be a list, in which a record counts several times';
    fault(errors, '/dimensions', 'oneList', detail);
  }
  if (errors.length > 0) throw Problem.validation(errors);
  const all =
    query.currency === undefined ? withCurrency(dimensions, measures, fields) : dimensions;
  const plan = { measures, dimensions: all, sort: query.sort };
  checkSort(plan);
  return plan;
}

function unknown(name: string, { object }: ReportQuery, names: readonly string[]): string {
  const near = closest(name, names);
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  return `there is no such field of ${object}.${hint} There are ${names.join(', ')}`;
}

function checkPeriod(
  { field, by }: WantedDimension,
  of: ReportField,
  at: string,
  errors: FieldError[],
): void {
  const isTime = TIMES.includes(of.type);
  if (by !== null && !isTime) {
    fault(errors, `${at}/by`, 'notTime', `is for dates and times; ${field} is neither`);
  }
  if (by === null && of.type === 'datetime') {
    const detail = `must be given, for ${field} is a time: day, week, month, quarter or year`;
    fault(errors, `${at}/by`, 'isNotEmpty', detail);
  }
}

function checkMeasure(
  { measure, field }: WantedMeasure,
  { type }: ReportField,
  at: string,
  errors: FieldError[],
): void {
  const allowed = measuresOf(type);
  if (allowed.includes(measure)) return;
  const detail = `${measure} does not go with ${field}, which is a ${type}: it takes ${allowed.join(', ')}`;
  fault(errors, `${at}/measure`, 'measureNotAllowed', detail);
}

/** Whether the measure is an amount of money. */
export const isAmount = ({ measure, of }: PlannedMeasure): boolean =>
  of?.currency !== undefined && measure !== 'count' && measure !== 'distinct';

/** Amounts are only ever added within one currency, which becomes a dimension if it is none yet. */
function withCurrency(
  dimensions: PlannedDimension[],
  measures: readonly PlannedMeasure[],
  fields: ReportFields,
): PlannedDimension[] {
  const amounts = measures.filter(isAmount);
  const names = [...new Set(amounts.map(({ of }) => of?.currency?.name ?? ''))];
  const [name] = names;
  if (name === undefined) return dimensions;
  if (names.length > 1) {
    const detail = `amounts have their currencies in ${names.join(' and ')}: ask for one of them, or give \`currency\` to convert all`;
    throw Problem.validation([{ pointer: '/measures', code: 'currencies', detail }]);
  }
  if (dimensions.some(({ field }) => field === name)) return dimensions;
  const of = fields.get(name) ?? currencyField(name, amounts);
  // Two dimensions of one name would be one column.
  const isTaken = [...dimensions, ...measures].some(({ as }) => as === 'currency');
  const as = isTaken ? name : 'currency';
  return [...dimensions, { field: name, by: null, as, of, isAdded: true }];
}

/** The currency of a property of the workspace's own, which is no field by itself. */
function currencyField(name: string, [first]: readonly PlannedMeasure[]): ReportField {
  const sql = first?.of?.currency?.sql as string;
  return { name, type: 'text', sql, filter: { type: 'text', filterable: false } };
}

function checkSort({ measures, dimensions, sort }: ReportPlan): void {
  const names = [...dimensions, ...measures].map(({ as }) => as);
  const errors = sort.flatMap(({ name }, index) =>
    names.includes(name)
      ? []
      : [
          {
            pointer: `/sort/${index}`,
            code: 'unknownColumn',
            detail: `there is no column ${name.slice(0, 64)}: ${names.join(', ')}`,
          },
        ],
  );
  if (errors.length > 0) throw Problem.validation(errors);
}
