import type { Params } from '../../platform/records/params.js';
import type { Scope } from './report-scope.js';

/** Records whose time lies on the days of the scope, in its time zone. */
export function madeIn(time: string, scope: Scope, params: Params): string {
  const zone = params.add(scope.timeZone, 'text');
  const start = (day: string): string => `(${day})::timestamp at time zone ${zone}`;
  return `${time} >= ${start(params.add(scope.from, 'date'))}
    and ${time} < ${start(`${params.add(scope.to, 'date')} + 1`)}`;
}
