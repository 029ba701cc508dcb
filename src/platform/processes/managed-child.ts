import { fork, type ChildProcess } from 'node:child_process';
import { OperatorError } from '../../common/operator-error.js';
import { isChildMessage } from './messages.js';

/** Starts that may fail one after the other before Keel gives up, while it is starting. */
const START_ATTEMPTS = 3;
/** Milliseconds until a process must have said that it is ready. */
const READY_LIMIT = 120_000;
/** Milliseconds to wait before a restart: doubled each time up to the second figure. */
const PAUSE = { first: 500, longest: 30_000 };
/** Milliseconds after which a process counts as sound, and the next pause is short again. */
const SOUND = 60_000;

export interface ManagedChildOptions {
  /** As the person at the terminal knows it: `API`, `worker`. */
  name: string;
  /** File to run. */
  path: string;
  env: NodeJS.ProcessEnv;
  /** Options of Node itself, besides those of this process. */
  flags?: string[];
  /** Whether it stands back behind the others: see `standBack`. */
  inBackground?: boolean;
  /** Prints a line for the person at the terminal. */
  print: (line: string) => void;
}

/** One of Keel's processes: started, started again when it dies, stopped in bounded time. */
export class ManagedChild {
  private child?: ChildProcess;
  private gone: Promise<string> = Promise.resolve('');
  private isStopping = false;
  private wake?: () => void;

  constructor(private readonly options: ManagedChildOptions) {}

  /**
   * Starts the process, and from then on keeps it running.
   * @returns where it listens, if it does.
   * @throws OperatorError when it says that it cannot start, or ends too often while starting.
   */
  async start(): Promise<string | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.launch();
      if (outcome.isReady) {
        void this.keepRunning();
        return outcome.url;
      }
      if (!outcome.isFinal && attempt < START_ATTEMPTS && !this.isStopping) {
        await this.pause(attempt, outcome.reason);
      }
      if (outcome.isFinal || attempt === START_ATTEMPTS || this.isStopping) {
        throw new OperatorError(outcome.reason);
      }
    }
  }

  /** @param limit milliseconds until it is killed. */
  async stop(limit: number): Promise<void> {
    this.isStopping = true;
    this.wake?.();
    const { child } = this;
    if (child === undefined) return;
    // Windows cannot ask a process to end; that the supervisor is gone, it notices there too.
    if (process.platform === 'win32' && child.connected) child.disconnect();
    else child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), limit);
    await this.gone;
    clearTimeout(timer);
  }

  /** Ends a stop that takes too long. */
  kill(): void {
    this.isStopping = true;
    this.child?.kill('SIGKILL');
  }

  private async keepRunning(): Promise<void> {
    let failures = 0;
    for (;;) {
      const since = Date.now();
      const reason = await this.gone;
      if (this.isStopping) return;
      failures = Date.now() - since > SOUND ? 1 : failures + 1;
      await this.pause(failures, reason);
      if (this.isStopping) return;
      await this.launch();
    }
  }

  private async pause(failures: number, reason: string): Promise<void> {
    const wait = Math.min(PAUSE.first * 2 ** (failures - 1), PAUSE.longest);
    this.options.print(`${reason} Starting it again in ${wait / 1000} s.`);
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, wait);
    });
  }

  /** Settles when the process is ready, or gone. */
  private async launch(): Promise<Outcome> {
    const { name, path, env, flags = [], inBackground = false } = this.options;
    const execArgv = [...process.execArgv, ...flags];
    // Only a session can stand back; on Windows that would be a window of its own.
    const detached = inBackground && process.platform !== 'win32';
    const child = fork(path, { env, execArgv, detached, stdio: 'inherit' });
    this.child = child;
    this.gone = new Promise((resolve) => {
      child.once('error', (error) => resolve(`The ${name} cannot be run: ${error.message}.`));
      child.once('exit', (code, signal) => {
        resolve(`The ${name} ended (${signal ?? `exit code ${code}`}).`);
      });
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), READY_LIMIT);
    let failure: string | undefined;
    const ready = new Promise<Outcome>((resolve) => {
      child.on('message', (message) => {
        if (!isChildMessage(message)) return;
        if (message.type === 'ready') resolve({ isReady: true, url: message.url });
        else failure = message.message;
      });
    });
    const over = this.gone.then((reason): Outcome => ({
      isReady: false,
      isFinal: failure !== undefined,
      reason: failure ?? reason,
    }));
    return Promise.race([ready, over]).finally(() => clearTimeout(timer));
  }
}

type Outcome =
  | { isReady: true; url: string | undefined }
  /** `isFinal`: the process itself said that another try would not help. */
  | { isReady: false; isFinal: boolean; reason: string };
