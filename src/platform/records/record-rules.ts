import { Problem } from '../../common/errors.js';
import type { FieldError } from '../../common/errors.js';
import type { RequestContext } from '../../common/context.js';
import type { Statement, StatementResult } from '../database/pipeline.js';
import type { RecordRow } from './stored-row.js';

/** A record that is about to be written. */
export interface Draft {
  /** As it is stored; null for a new one. */
  before: RecordRow | null;
  /** As it will be; rules may set its values. */
  after: RecordRow;
  /** What rules find wrong with it; it is not written then. */
  errors: FieldError[];
  /** An import goes on with a record it made: what is fixed once stored may still be added to. */
  isContinued?: boolean;
  /** Where the record stands in the request, for the pointers of errors. */
  pointer: string;
  /** A new record whose owner nobody has named: it has the acting user's, which a rule may change. */
  ownerIsDefault?: boolean;
  /** What is being done to it, when it is more than a change of fields. */
  deed?: string;
  /** What a client is told in place of 422 with the errors; see {@link refuse}. */
  refusal?: Problem;
}

/** A record that has been written. */
export type WrittenRow = Pick<Draft, 'before' | 'after'>;

/** Duplicates on their way into one record. */
export interface Merging {
  survivor: RecordRow;
  /** The survivor as it will be. */
  merged: RecordRow;
  losers: readonly RecordRow[];
  /** Field to the id of the record whose value the client wants. */
  prefer: Readonly<Record<string, string>>;
}

/** Asks the database, within the transaction of the write. */
export interface Questions {
  run(statements: Statement[]): Promise<StatementResult[]>;
  /** A trial: whatever is written now stays, though the records do not. */
  readonly dryRun?: boolean;
  /** False for imports that are to set nothing off. */
  readonly automations?: boolean;
}

/**
 * What a domain adds to every write of its records, whichever way they come: one by one, in a batch
 * or from a file of a million rows. All of it works on sets; `derive` is called for each record.
 */
export interface RecordRules {
  /**
   * Gives values that the database knows: defaults, prices, numbers. Runs in the transaction of the
   * write, before it, with up to 1,000 records (an import: those of a chunk); `ctx.tx` is it.
   */
  prepare?: (db: Questions, ctx: RequestContext, drafts: readonly Draft[]) => Promise<void>;
  /** Gives values that follow from the record's others, such as totals; pure. */
  derive?: (draft: Draft) => void;
  /**
   * Keeps in step what hangs on the record elsewhere, such as the clocks of a ticket: looks at what
   * there is and works out what `sides` will write; may give values, but finds nothing wrong. It
   * comes last, in every write, also in those that ask no other rule because they only put values
   * back (an import that is reverted) or on (a hand-over).
   */
  follow?: (db: Questions, ctx: RequestContext, drafts: readonly Draft[]) => Promise<void>;
  /** Statements that belong to the write and come after it: side tables of the domain. */
  sides?: (ctx: RequestContext, rows: readonly WrittenRow[]) => Statement[];
  /**
   * What a survivor has of its duplicates besides what it lacks: may set values of `merged`, before
   * the other rules. Returns statements that belong to the merge, which move side tables.
   */
  merging?: (ctx: RequestContext, merge: Merging) => Statement[];
  /** Why a record has to stay where it is, if it may not go to the bin (409). */
  staying?: (row: RecordRow) => string | undefined;
}

/** A record on its way into a write. */
export const draftOf = (before: RecordRow | null, after: RecordRow, pointer: string): Draft => ({
  before,
  after,
  errors: [],
  pointer,
});

/** Finds a record's change to be against the state it is in, which is no fault of its fields. */
export function refuse(draft: Draft, at: string, problem: Problem): void {
  draft.refusal ??= problem;
  draft.errors.push({ pointer: draft.pointer + at, code: problem.code, detail: problem.detail });
}

/** What is wrong with a draft, for the client; undefined when nothing is. */
export const problemOf = ({ errors, refusal }: Draft): Problem | undefined =>
  refusal ?? (errors.length > 0 ? Problem.validation(errors) : undefined);

/** @throws Problem when the rules found something wrong with it. */
export function assertSound(draft: Draft): void {
  const problem = problemOf(draft);
  if (problem) throw problem;
}

/** Whether anything is asked of a domain before its records are written. */
export const asksRules = ({ prepare, derive, follow }: RecordRules): boolean =>
  prepare !== undefined || derive !== undefined || follow !== undefined;

/** Runs the rules that come before a write; what they find wrong is in the drafts' errors. */
export async function applyRules(
  rules: RecordRules,
  db: Questions,
  ctx: RequestContext,
  drafts: readonly Draft[],
): Promise<void> {
  const sound = drafts.filter(isSound);
  if (rules.prepare && sound.length > 0) await rules.prepare(db, ctx, sound);
  if (rules.derive) for (const draft of sound.filter(isSound)) rules.derive(draft);
  const following = sound.filter(isSound);
  if (rules.follow && following.length > 0) await rules.follow(db, ctx, following);
}

const isSound = ({ errors }: Draft): boolean => errors.length === 0;
