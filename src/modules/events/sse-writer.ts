import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/** Milliseconds a client may take to read what is buffered for it. */
const PATIENCE = 30_000;

/** Writes server-sent events no faster than the client reads them. */
export class SseWriter {
  private readonly closing = new AbortController();

  constructor(private readonly out: ServerResponse) {
    out.on('close', () => this.close());
    out.on('error', () => this.close());
  }

  get isClosed(): boolean {
    return this.closing.signal.aborted;
  }

  /** Sends the head of the answer, and how long a client waits before it comes back. */
  async begin(headers: Record<string, number | string | string[] | undefined>): Promise<void> {
    this.out.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no', // nginx would hold events back
      connection: 'close', // a server that stops need not wait for the client
    });
    await this.write('retry: 2000\n\n');
  }

  async event(id: string, type: string, data: string): Promise<void> {
    await this.write(`id: ${id}\nevent: ${type}\ndata: ${data}\n\n`);
  }

  /** A sign of life that clients ignore. */
  async comment(): Promise<void> {
    await this.write(':\n\n');
  }

  onClose(listener: () => void): void {
    if (this.isClosed) listener();
    else this.closing.signal.addEventListener('abort', listener, { once: true });
  }

  close(): void {
    if (this.isClosed) return;
    this.closing.abort();
    this.out.end();
  }

  private async write(text: string): Promise<void> {
    if (this.isClosed || this.out.write(text)) return;
    const signal = AbortSignal.any([this.closing.signal, AbortSignal.timeout(PATIENCE)]);
    try {
      await once(this.out, 'drain', { signal });
    } catch {
      // The client has left, or it does not read: what is buffered for it can go.
      this.close();
      this.out.destroy();
    }
  }
}
