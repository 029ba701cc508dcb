import { from as copyFrom } from 'pg-copy-streams';
import type { PoolClient } from 'pg';
import type { Transaction } from '../../database/transaction.js';
import type { Stage } from './copy-text.js';

/** Characters that are sent in one message. */
const MESSAGE = 256 * 1024;

/**
 * Copies lines into a stage, which is made first.
 * @param lines in COPY's text format, each with its line end.
 */
export async function copyRows(
  tx: Transaction,
  stage: Stage,
  lines: Iterable<string>,
): Promise<void> {
  await tx.run([{ text: stage.create }]);
  const client = tx.client as PoolClient;
  const stream = client.query(copyFrom(stage.copy));
  await new Promise<void>((resolve, reject) => {
    stream.once('finish', resolve).once('error', reject);
    let text = '';
    for (const line of lines) {
      text += line;
      if (text.length < MESSAGE) continue;
      stream.write(Buffer.from(text));
      text = '';
    }
    stream.end(Buffer.from(text));
  });
}
