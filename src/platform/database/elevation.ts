import type { Statement } from './pipeline.js';

const SWITCH = "select set_config('app.system', $1, true)";

/**
 * Statements that run with the rights of the SYSTEM scope inside a transaction of one workspace:
 * for the few writes that reach beyond it, such as making an account for a new user. The results
 * of the statements themselves begin at index 1.
 */
export function elevated(statements: readonly Statement[]): Statement[] {
  return [{ text: SWITCH, params: ['on'] }, ...statements, { text: SWITCH, params: [''] }];
}
