import type { Draft } from '../../platform/records/record-rules.js';

const LEAST = 1;
const MOST = 5;

/** A rating is of a ticket that is over, and has a time. */
export function settleRating({ after: { values }, errors, pointer }: Draft): void {
  const score = values['satisfaction_score'];
  const fail = (at: string, code: string, detail: string): void => {
    errors.push({ pointer: pointer + at, code, detail });
  };
  if (typeof score !== 'number') {
    for (const [column, name] of [
      ['satisfaction_comment', 'satisfactionComment'],
      ['satisfaction_rated_at', 'satisfactionRatedAt'],
    ] as const) {
      if (values[column] !== null) fail(`/${name}`, 'withoutScore', 'needs a satisfactionScore');
    }
    return;
  }
  if (score < LEAST || score > MOST) {
    fail('/satisfactionScore', 'range', `must be a number from ${LEAST} to ${MOST}`);
  }
  if (values['is_open'] === true) {
    fail('/satisfactionScore', 'stillOpen', 'is for tickets that are solved or closed');
  }
  values['satisfaction_rated_at'] ??= values['solved_at'] ?? null;
}
