import { Problem } from '../../common/errors.js';

/** What PostgreSQL reports about a broken rule. */
export interface ConstraintViolation {
  kind: 'unique' | 'foreignKey' | 'check' | 'notNull';
  constraint: string;
  column?: string;
}

const KINDS: Record<string, ConstraintViolation['kind']> = {
  '23505': 'unique',
  '23503': 'foreignKey',
  '23514': 'check',
  '23502': 'notNull',
};

/** Errors of the connection itself, from PostgreSQL, a pooler or the network. */
const CONNECTION_LOST = /^(08|57P0|53|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/;

interface PgError extends Error {
  code?: string;
  constraint?: string;
  column?: string;
}

/** The constraint an error is about, or undefined for other errors. */
export function violationOf(error: unknown): ConstraintViolation | undefined {
  const { code, constraint, column } = (error ?? {}) as PgError;
  const kind = code === undefined ? undefined : KINDS[code];
  return kind && { kind, constraint: constraint ?? '', column };
}

/**
 * Turns what the client should be told of a database failure into a Problem; other errors are
 * returned as they are.
 */
export function toProblem(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Problem) return error;
  const { code, message } = error as PgError;
  if (code === '57014') {
    const detail = 'The request took longer than the database may. Narrow the filter or the query.';
    return unavailable(detail, error);
  }
  if (code === '40P01' || code === '40001' || code === '55P03') {
    return unavailable('Others are changing the same records. Try again.', error);
  }
  if (
    (code !== undefined && CONNECTION_LOST.test(code)) ||
    /terminated|timeout exceeded|not queryable|server conn/i.test(message)
  ) {
    return unavailable('The database cannot be reached at the moment.', error);
  }
  return error;
}

function unavailable(detail: string, cause: Error): Problem {
  return new Problem('unavailable', detail, { cause, headers: { 'retry-after': '1' } });
}
