import { ConfigError } from '../../config/config.js';
import { OperatorError } from '../../common/operator-error.js';
import type { ChildMessage } from './messages.js';

/** Milliseconds a process may take to stop before it leaves without having finished. */
const STOP_LIMIT = 25_000;

export interface RunningChild {
  /** Where it listens, for the line that says Keel is ready. */
  url?: string;
  /** Ends its work: takes nothing new, finishes or gives back what it has. Called once. */
  onStop(): Promise<void>;
}

/**
 * Runs one of Keel's processes, under `npm start` or on its own. A start that fails ends it with
 * one line where the person who runs Keel can mend it, and with the whole error where not.
 * @param start settles when the process does its work.
 */
export async function runChild(start: () => Promise<RunningChild>): Promise<void> {
  try {
    superviseChild(await start());
  } catch (error) {
    const isForOperator = error instanceof OperatorError || error instanceof ConfigError;
    const message = error instanceof Error ? error.message : String(error);
    if (!isForOperator) process.stderr.write(`${(error as Error)?.stack ?? message}\n`);
    else if (!isSupervised()) process.stderr.write(`keel: ${message}\n`);
    if (isSupervised()) await tell({ type: 'failed', message });
    process.exit(1);
  }
}

/**
 * Call it when the process is ready: tells the supervisor so, and stops the process on SIGTERM,
 * SIGINT and SIGHUP or when the supervisor is gone. On its own, a second signal ends it at once;
 * under a supervisor that one decides, since Ctrl-C reaches every process of the terminal.
 */
export function superviseChild(child: RunningChild): void {
  const stop = stopOnce(child);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    let count = 0;
    process.on(signal, () => {
      count += 1;
      if (count > 1 && !isSupervised()) process.exit(1);
      stop();
    });
  }
  if (process.send === undefined) return;
  process.once('disconnect', stop);
  // The supervisor may have died while this process was starting.
  if (!process.connected) stop();
  else void tell({ type: 'ready', url: child.url });
}

function stopOnce(child: RunningChild): () => void {
  let isStopping = false;
  return () => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(1), STOP_LIMIT).unref();
    child.onStop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
        process.exit(1);
      },
    );
  };
}

function isSupervised(): boolean {
  return process.send !== undefined && process.connected;
}

/** Settles when the message is sent, or when there is nobody left to read it. */
function tell(message: ChildMessage): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, undefined, undefined, () => resolve());
  });
}
