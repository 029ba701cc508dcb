import type { PlannedMeasure, ReportPlan } from './report-plan.js';

/** The parts of a report's groups, as SQL. */
export interface Groups {
  plan: ReportPlan;
  /** What is grouped by. */
  keys: readonly string[];
  /** What each measure is of; `*` for records. */
  amounts: readonly string[];
  /** FROM and WHERE. */
  source: string;
  /** How many records lack a rate. */
  lacking: string;
}

/** The groups with their measures: columns d0, d1, …, m0, m1, … and `lacking`. */
export function groupsSql(groups: Groups): string {
  const values = [...new Set(groups.plan.measures.flatMap(valueOf(groups)))];
  return values.length === 0 ? plainGroups(groups) : valueGroups(groups, values);
}

/** What is measured of the different values, not of the records one by one. */
const isOfValues = ({ measure }: Pick<PlannedMeasure, 'measure'>): boolean =>
  measure === 'distinct' || measure === 'median';

/** The expression whose values are looked at, where there is one. */
const valueOf =
  ({ amounts, keys }: Groups) =>
  ({ measure }: PlannedMeasure, index: number): string[] => {
    const sql = amounts[index] as string;
    return isOfValues({ measure }) && !keys.includes(sql) ? [sql] : [];
  };

/** Of what is grouped by anyway, a group has one value. */
const ofKeySql = ({ measure }: PlannedMeasure, key: string): string =>
  measure === 'median'
    ? `(${key})::numeric`
    : `(case when ${key} is null then 0 else 1 end)::bigint`;

function plainGroups({ keys, plan, amounts, source, lacking }: Groups): string {
  const columns = [
    ...keys.map((sql, index) => `${sql} as d${index}`),
    ...plan.measures.map((item, index) => {
      const sql = amounts[index] ?? '*';
      return `${isOfValues(item) ? ofKeySql(item, sql) : measureSql(item, sql)} as m${index}`;
    }),
    `${lacking} as lacking`,
  ];
  return `select ${columns.join(', ')} ${source} ${groupBy(keys.length)}`;
}

/**
 * Different values are made groups of their own first, each with how often it occurs: hashing is
 * several times as fast as sorting all records, which `count(distinct)` and `percentile_disc` do,
 * and goes on in parallel. Values of several expressions are grouped in one pass, as sets of which
 * each has the values of one and empty ones of the others.
 */
function valueGroups(groups: Groups, values: readonly string[]): string {
  const { keys, plan, amounts } = groups;
  const places = plan.measures.map((item, index) =>
    values.indexOf(valueOf(groups)(item, index)[0] ?? ''),
  );
  const medians = places.filter(
    (place, index) => place >= 0 && plan.measures[index]?.measure === 'median',
  );
  const outer = [
    ...keys.map((_, index) => `i.d${index}`),
    ...plan.measures.map((item, index) => {
      const place = places[index] as number;
      const isOfKey = isOfValues(item) && place < 0;
      const key = `i.d${keys.indexOf(amounts[index] as string)}`;
      return `${isOfKey ? ofKeySql(item, key) : partsSql(item, index, place)} as m${index}`;
    }),
    'coalesce(sum(i.lacking) filter (where i.is_first), 0) as lacking',
  ];
  return `select ${outer.join(', ')} from (${ranked(occurring(groups, values), medians, keys)}) i
    ${groupBy(keys.length)}`;
}

/** Each value of a group: how often it occurs, and the parts of the other measures. */
function occurring(
  { keys, plan, amounts, source, lacking }: Groups,
  values: readonly string[],
): string {
  const parts = plan.measures.map((item, index) => {
    const sql = amounts[index] ?? '*';
    if (isOfValues(item)) return [];
    if (item.measure !== 'avg') return [`${item.measure}(${sql}) as p${index}`];
    return [`sum((${sql})::numeric) as p${index}`, `count(${sql}) as n${index}`];
  });
  const columns = [
    ...keys.map((sql, index) => `${sql} as d${index}`),
    ...values.map((sql, index) => `${sql} as v${index}`),
    ...parts.flat(),
    ...['count(*)::int as often', `${lacking} as lacking`],
  ];
  const places = keys.map((_, index) => index + 1);
  const sets = values.map((_, index) => `(${[...places, keys.length + index + 1].join(', ')})`);
  const [first = ''] = values;
  return values.length === 1
    ? `select ${columns.join(', ')}, true as is_first ${source} ${groupBy(keys.length + 1)}`
    : `select ${columns.join(', ')}, grouping(${first}) = 0 as is_first
        ${source} group by grouping sets (${sets.join(', ')})`;
}

/** With how many records of its group come up to each value, of how many that have one. */
function ranked(sql: string, medians: readonly number[], keys: readonly string[]): string {
  if (medians.length === 0) return sql;
  const group = keys.map((_, index) => `o.d${index}`).join(', ');
  const of = group === '' ? '' : `partition by ${group}`;
  const columns = [...new Set(medians)].flatMap((value) => {
    const sum = `sum(o.often) filter (where o.v${value} is not null) over`;
    return [`${sum} (${of} order by o.v${value}) as upto${value}`, `${sum} (${of}) as all${value}`];
  });
  return `select o.*, ${columns.join(', ')} from (${sql}) o`;
}

const groupBy = (count: number): string =>
  count === 0 ? '' : `group by ${Array.from({ length: count }, (_, at) => at + 1).join(', ')}`;

const measureSql = ({ measure }: PlannedMeasure, sql: string): string =>
  measure === 'avg' ? `avg((${sql})::numeric)` : `${measure}(${sql})`;

/** A measure of a group, of those of its parts. */
function partsSql({ measure }: PlannedMeasure, index: number, value: number): string {
  const sum = (name: string): string => `sum(i.${name}${index}) filter (where i.is_first)`;
  switch (measure) {
    case 'distinct':
      return `count(i.v${value})`;
    case 'median': {
      // The middle one, or half way between the middle two: exact, unlike percentile_cont.
      const at = (place: string): string =>
        `(min(i.v${value}) filter (where i.upto${value} >= ${place}))::numeric`;
      return `(${at(`(i.all${value} + 1) / 2`)} + ${at(`i.all${value} / 2 + 1`)}) / 2`;
    }
    case 'count':
      return `coalesce(${sum('p')}, 0)::bigint`;
    case 'avg':
      return `${sum('p')} / nullif(${sum('n')}, 0)`;
    default:
      return `${measure}(i.p${index}) filter (where i.is_first)`;
  }
}
