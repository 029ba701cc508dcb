/**
 * Something the person who runs Keel can mend: a folder, a port, a server that does not answer.
 * The message is one line that says what is wrong and what to do; it is printed without a stack.
 */
export class OperatorError extends Error {
  override name = 'OperatorError';
}
