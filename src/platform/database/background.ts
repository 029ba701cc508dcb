import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { getPriority, setPriority } from 'node:os';
import type { PoolClient } from 'pg';

/** Against one who answers requests: a tenth of a processor that both want. */
const NICENESS = 10;

/** Lets this process stand back behind those that answer requests; its children start so, too. */
export function standBack(): void {
  // Whoever was started as nicer may not become less so.
  const niceness = Math.max(getPriority(), NICENESS);
  setPriority(niceness);
  try {
    // On Linux that was the calling thread alone, and those that collect garbage run already.
    for (const thread of readdirSync('/proc/self/task')) setPriority(Number(thread), niceness);
  } catch {
    // Another system, where all threads have the priority of their process; or a thread that ended.
  }
}

/**
 * Lets the server's process of a connection stand back as well, where it runs on this machine and
 * the system allows it. Elsewhere it stays as it is.
 */
export async function standBackOf(client: PoolClient): Promise<void> {
  const { processID, connection } = client as unknown as {
    processID: number;
    connection: { stream: Socket };
  };
  const port = connection.stream.localPort;
  try {
    // PostgreSQL's processes are named after the address and port they serve: no other can be meant.
    const title = await readFile(`/proc/${processID}/cmdline`, 'latin1');
    if (title.startsWith('postgres') && title.includes(`(${port})`)) {
      setPriority(processID, NICENESS);
    }
  } catch {
    // Another machine, another system, or another account: nothing to do.
  }
}
