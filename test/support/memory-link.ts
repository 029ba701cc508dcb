import type { Link, LinkListener } from '../../src/platform/bus/link.js';

/** A server in memory that carries the texts of {@link MemoryLink}s, in order. */
export class Hub {
  readonly links = new Set<MemoryLink>();
  /** Texts taken since the hub was made. */
  taken = 0;

  constructor(readonly name = 'memory') {}

  link(self: string): MemoryLink {
    return new MemoryLink(this, self);
  }

  take(to: string | null, text: string): void {
    this.taken += 1;
    for (const link of this.links) if (to === null || to === link.self) link.arrive(text);
  }
}

/** A link whose troubles are made by the test. */
export class MemoryLink implements Link {
  readonly name: string;
  private listener: LinkListener | null = null;
  private readonly waiting: (() => void)[] = [];
  private isConnected = false;
  private hangs = false;

  constructor(
    private readonly hub: Hub,
    readonly self: string,
  ) {
    this.name = hub.name;
  }

  isUp(): boolean {
    return this.isConnected;
  }

  unusable(): null {
    return null;
  }

  open(listener: LinkListener): void {
    this.listener = listener;
    this.connect();
  }

  send(to: string | null, text: string): Promise<void> {
    return this.exchange(() => this.hub.take(to, text));
  }

  barrier(): Promise<void> {
    return this.exchange(() => undefined);
  }

  reconnect(): void {
    this.cut();
    this.connect();
  }

  close(): Promise<void> {
    this.isConnected = false;
    this.hub.links.delete(this);
    return Promise.resolve();
  }

  arrive(text: string): void {
    this.whenAwake(() => this.listener?.receive(text));
  }

  /** The connection is lost; texts sent meanwhile are. */
  cut(): void {
    this.isConnected = false;
    this.hub.links.delete(this);
    this.waiting.length = 0;
    this.listener?.down('cut by the test');
  }

  connect(): void {
    this.isConnected = true;
    this.hub.links.add(this);
    this.listener?.up();
  }

  /** Nothing goes in or out, and nobody is told, until {@link wake}. */
  hang(): void {
    this.hangs = true;
  }

  wake(): void {
    this.hangs = false;
    for (const action of this.waiting.splice(0)) action();
  }

  /** What is done at the server, and answered in the order of what arrives. */
  private exchange(atServer: () => void): Promise<void> {
    if (!this.isConnected) return Promise.reject(new Error('cut by the test'));
    return new Promise((resolve) => {
      this.whenAwake(() => {
        atServer();
        this.whenAwake(() => setImmediate(resolve));
      });
    });
  }

  private whenAwake(action: () => void): void {
    if (this.hangs) this.waiting.push(action);
    else action();
  }
}
