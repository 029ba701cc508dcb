import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { getPriority, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolClient } from 'pg';

/** Against one who answers requests: a tenth of a processor that both want. */
const NICENESS = 10;
/** Linux lets others than root set one group each 100 ms, on the whole machine. */
const GROUP = { attempts: 20, pause: 150 };

/**
 * Lets this process stand back behind those that answer requests; its children start so, too.
 * Start it in a session of its own: on a Linux that shares processors by session first
 * (`sched_autogroup_enabled`), niceness counts only among the processes of one session.
 */
export function standBack(): void {
  // Whoever was started as nicer may not become less so.
  const niceness = Math.max(getPriority(), NICENESS);
  setPriority(niceness);
  void standBackAsSession(process.pid, niceness);
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
    if (!title.startsWith('postgres') || !title.includes(`(${port})`)) return;
    setPriority(processID, NICENESS);
    await standBackAsSession(processID, NICENESS);
  } catch {
    // Another machine, another system, or another account: nothing to do.
  }
}

/** The same among sessions, for a process that has one of its own, as PostgreSQL's have. */
async function standBackAsSession(pid: number, niceness: number): Promise<void> {
  for (let attempt = 1; attempt <= GROUP.attempts; attempt += 1) {
    try {
      const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
      const [, , , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(session) === pid) await writeFile(`/proc/${pid}/autogroup`, String(niceness));
      return;
    } catch (error) {
      // Another system, or one that shares by process alone; or the process is gone.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      await sleep(GROUP.pause * (1 + Math.random()), undefined, { ref: false });
    }
  }
}
