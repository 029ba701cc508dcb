import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** Where the instances find what they share. */
export interface CacheUrls {
  databaseUrl: string;
  redisUrl?: string;
}

interface Reply {
  id: number;
  result?: Record<string, unknown>;
  error?: string;
}

/** A process that caches numbers of the table `numbers`; see programs/cache-instance.js. */
export class CacheInstance {
  private count = 0;
  private readonly waiting = new Map<number, (reply: Reply) => void>();
  readonly exited: Promise<void>;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (reply: Reply) => {
      this.waiting.get(reply.id)?.(reply);
      this.waiting.delete(reply.id);
    });
    this.exited = new Promise((resolve) => child.once('exit', () => resolve()));
    void this.exited.then(() => {
      for (const [id, settle] of this.waiting) settle({ id, error: 'the process is gone' });
    });
  }

  static async start(urls: CacheUrls): Promise<CacheInstance> {
    const program = join(import.meta.dirname, 'programs', 'cache-instance.js');
    const child = fork(program, [JSON.stringify(urls)], { execArgv: [] });
    const instance = new CacheInstance(child);
    await new Promise<void>((resolve) => instance.waiting.set(0, () => resolve()));
    return instance;
  }

  async read(key: string): Promise<number> {
    return (await this.ask({ operation: 'read', key }))['value'] as number;
  }

  /** @returns milliseconds that telling the others took. */
  async write(key: string, value: number): Promise<number> {
    return (await this.ask({ operation: 'write', key, value }))['took'] as number;
  }

  /** Commits a value and dies before telling anybody. */
  async writeAndDie(key: string, value: number): Promise<void> {
    await this.ask({ operation: 'write', key, value, dies: true }).catch(() => undefined);
    await this.exited;
  }

  async state(): Promise<{ trusted: boolean; figures: { hits: number; sharedHits: number } }> {
    return (await this.ask({ operation: 'state' })) as never;
  }

  async trusted(): Promise<this> {
    const deadline = performance.now() + 10_000;
    while (!(await this.state()).trusted) {
      if (performance.now() > deadline) throw new Error('The instance does not come to trust');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return this;
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  async stop(): Promise<void> {
    this.child.kill('SIGCONT');
    this.child.kill('SIGKILL');
    await this.exited;
  }

  private async ask(question: Record<string, unknown>): Promise<Record<string, unknown>> {
    const id = (this.count += 1);
    const reply = new Promise<Reply>((resolve) => this.waiting.set(id, resolve));
    if (!this.child.connected) throw new Error('the process is gone');
    // It may die while the question is on its way.
    this.child.send({ id, ...question }, (lost) => {
      if (lost) this.waiting.get(id)?.({ id, error: 'the process is gone' });
    });
    const { result, error } = await reply;
    if (error !== undefined) throw new Error(error);
    return result ?? {};
  }
}
