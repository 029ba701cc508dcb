import type { Redis } from 'ioredis';
import { connectRedis, disconnectRedis } from './redis-connection.js';
import type { Link, LinkListener } from './link.js';

/** Begins the text that an instance sends to itself to learn how far it has heard. */
const PROBE = '!';

/**
 * Redis pub/sub. Redis writes each publication to its subscribers' connections when it takes it,
 * so what comes back on one's own channel comes after all that was taken before.
 */
export class RedisLink implements Link {
  readonly name = 'redis';
  private readonly subscriber: Redis;
  private readonly publisher: Redis;
  private readonly everybody: string;
  private readonly probes = new Map<string, { resolve(): void; reject(reason: Error): void }>();
  private probeCount = 0;
  private listener: LinkListener | null = null;
  private up = false;
  private opened = false;

  constructor(
    url: string,
    private readonly self: string,
  ) {
    this.subscriber = connectRedis(url, 'bus-in', { lazyConnect: true });
    this.publisher = connectRedis(url, 'bus-out', { lazyConnect: true });
    // Channels reach across the databases of one Redis; two Keels on one Redis use two of them.
    this.everybody = `keel:${this.publisher.options.db ?? 0}:bus`;
  }

  isUp(): boolean {
    return this.up;
  }

  unusable(): null {
    return null;
  }

  open(listener: LinkListener): void {
    this.listener = listener;
    this.opened = true;
    this.subscriber.on('message', (_channel: string, text: string) => this.receive(text));
    for (const connection of [this.subscriber, this.publisher]) {
      connection.on('ready', () => void this.subscribe());
      let reason = 'the connection was closed';
      connection.on('error', (error) => (reason = error.message));
      connection.on('close', () => this.lost(reason));
      // The failure of a first attempt closes the connection as well, and it tries again.
      connection.connect().catch(() => undefined);
    }
  }

  async send(to: string | null, text: string): Promise<void> {
    await this.publisher.publish(to === null ? this.everybody : this.channelOf(to), text);
  }

  async barrier(): Promise<void> {
    const probe = `${PROBE}${(this.probeCount += 1)}`;
    const heard = new Promise<void>((resolve, reject) => {
      this.probes.set(probe, { resolve, reject });
    });
    try {
      await Promise.all([this.publisher.publish(this.channelOf(this.self), probe), heard]);
    } finally {
      this.probes.delete(probe);
    }
  }

  reconnect(): void {
    this.lost('the server does not answer');
    this.subscriber.disconnect(true);
    this.publisher.disconnect(true);
  }

  close(): Promise<void> {
    this.opened = false;
    this.up = false;
    disconnectRedis(this.subscriber);
    disconnectRedis(this.publisher);
    return Promise.resolve();
  }

  private channelOf(instance: string): string {
    return `${this.everybody}:${instance}`;
  }

  private async subscribe(): Promise<void> {
    if (this.subscriber.status !== 'ready' || this.publisher.status !== 'ready') return;
    try {
      await this.subscriber.subscribe(this.everybody, this.channelOf(this.self));
    } catch {
      // Closed meanwhile (and told so by 'close'), or not answering: a new connection tries again.
      if (this.opened) this.subscriber.disconnect(true);
      return;
    }
    if (!this.opened || this.up) return;
    this.up = true;
    this.listener?.up();
  }

  private lost(reason: string): void {
    for (const probe of this.probes.values()) probe.reject(new Error(reason));
    this.probes.clear();
    // Told again for each failed attempt: the first one may never have been up.
    this.up = false;
    if (this.opened) this.listener?.down(reason);
  }

  private receive(text: string): void {
    if (text.startsWith(PROBE)) this.probes.get(text)?.resolve();
    else this.listener?.receive(text);
  }
}
