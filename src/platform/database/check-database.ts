import pg from 'pg';
import { OperatorError } from '../../common/operator-error.js';

/** Milliseconds the server may take to answer the first time. */
const PATIENCE = 5000;

/**
 * Finds out, before anything is started, whether DATABASE_URL leads to PostgreSQL.
 * @throws OperatorError naming the server and the reason, never the password.
 */
export async function checkDatabase(url: string): Promise<void> {
  if (!URL.canParse(url)) throw new OperatorError('DATABASE_URL is not a URL.');
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: PATIENCE });
  try {
    await client.connect();
    await client.query('select 1');
  } catch (error) {
    throw new OperatorError(
      `DATABASE_URL: no PostgreSQL can be used at ${client.host}:${client.port} ` +
        `(${explain(error as NodeJS.ErrnoException)}).`,
      { cause: error },
    );
  } finally {
    await client.end();
  }
}

function explain(error: NodeJS.ErrnoException): string {
  // A name with several addresses fails with an AggregateError, which has no message.
  const first = error instanceof AggregateError ? (error.errors[0] as Error) : error;
  return first.message || (error.code ?? 'no answer');
}
