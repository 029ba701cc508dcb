import type { FieldError, Problem } from '../../common/errors.js';
import type { RecordJson } from '../http/answers.js';

/** What became of one item of a write. */
export type Outcome =
  | { status: 200 | 201 | 204; id: string; record?: RecordJson }
  | { status: number; problem: Problem };

/** One record of a request, with its place there. */
export interface WriteItem {
  /** Position in `records`. */
  index: number;
  body: unknown;
  /** Record to change; absent for new ones. */
  id?: string;
  /** Version the client has seen (If-Match). */
  ifMatch?: number;
  /** JSON pointer to the item, for errors; empty for a single record. */
  pointer: string;
}

/** Outcomes by the item's index. */
export type Outcomes = Map<number, Outcome>;

export const failed = (problem: Problem): Outcome => ({ status: problem.status, problem });

export function isFailure(outcome: Outcome): outcome is { status: number; problem: Problem } {
  return 'problem' in outcome;
}

/** Errors of one item, taken out of a list that others may share. */
export function errorsOf(action: (errors: FieldError[]) => void): FieldError[] {
  const errors: FieldError[] = [];
  action(errors);
  return errors;
}
