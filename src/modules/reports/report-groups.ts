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
  const distinct = distinctOf(groups);
  return distinct === undefined ? plainGroups(groups) : distinctGroups(groups, distinct);
}

/**
 * The one expression whose different values are counted. Then values are made groups of their own
 * first: hashing them is several times as fast as sorting all records, and works in parallel.
 */
function distinctOf({ plan: { measures }, amounts }: Groups): string | undefined {
  const counted = measures.flatMap(({ measure }, index) =>
    measure === 'distinct' ? [amounts[index] as string] : [],
  );
  const isAlone = new Set(counted).size === 1;
  return isAlone && !measures.some(({ measure }) => measure === 'median') ? counted[0] : undefined;
}

function plainGroups({ keys, plan, amounts, source, lacking }: Groups): string {
  const columns = [
    ...keys.map((sql, index) => `${sql} as d${index}`),
    ...plan.measures.map(
      (item, index) => `${measureSql(item, amounts[index] ?? '*')} as m${index}`,
    ),
    `${lacking} as lacking`,
  ];
  return `select ${columns.join(', ')} ${source} ${groupBy(keys.length)}`;
}

function distinctGroups(
  { keys, plan, amounts, source, lacking }: Groups,
  distinct: string,
): string {
  const parts = plan.measures.map(({ measure }, index) => {
    const sql = amounts[index] ?? '*';
    if (measure === 'distinct') return [];
    if (measure !== 'avg') return [`${measure}(${sql}) as p${index}`];
    return [`sum((${sql})::numeric) as p${index}`, `count(${sql}) as n${index}`];
  });
  const inner = [
    ...keys.map((sql, index) => `${sql} as d${index}`),
    ...[`${distinct} as v`, ...parts.flat(), `${lacking} as lacking`],
  ];
  const outer = [
    ...keys.map((_, index) => `i.d${index}`),
    ...plan.measures.map((item, index) => `${partsSql(item, index)} as m${index}`),
    'coalesce(sum(i.lacking), 0) as lacking',
  ];
  return `select ${outer.join(', ')}
    from (select ${inner.join(', ')} ${source} ${groupBy(keys.length + 1)}) i
    ${groupBy(keys.length)}`;
}

const groupBy = (count: number): string =>
  count === 0 ? '' : `group by ${Array.from({ length: count }, (_, at) => at + 1).join(', ')}`;

function measureSql({ measure }: PlannedMeasure, sql: string): string {
  switch (measure) {
    case 'distinct':
      return `count(distinct ${sql})`;
    case 'median': {
      // The middle one, or half way between the middle two: exact, unlike percentile_cont, and
      // sorted once. The second share is the least above one half that tells them apart.
      const middle = `percentile_disc(array[0.5, 0.500000000001]) within group
        (order by (${sql})::numeric)`;
      return `((${middle})[1] + (${middle})[2]) / 2`;
    }
    case 'avg':
      return `avg((${sql})::numeric)`;
    default:
      return `${measure}(${sql})`;
  }
}

/** A measure of a group, of those of its parts. */
function partsSql({ measure }: PlannedMeasure, index: number): string {
  switch (measure) {
    case 'distinct':
      return 'count(i.v)';
    case 'count':
      return `coalesce(sum(i.p${index}), 0)::bigint`;
    case 'avg':
      return `sum(i.p${index}) / nullif(sum(i.n${index}), 0)`;
    default:
      return `${measure}(i.p${index})`;
  }
}
