import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { Lease } from './lease.js';
import type { Link } from './link.js';
import { Membership } from './membership.js';
import { Publisher } from './publisher.js';
import type { Item } from './publisher.js';
import { BUS_TIMING } from './timing.js';
import type { BusTiming } from './timing.js';

/** Somebody who remembers things that other instances change. */
export interface Subscriber {
  /** This, or another instance, has published the payload. Must be done when it returns. */
  receive(payload: string): void;
  /** Publications may have been missed: nothing remembered from before may be used any more. */
  forget(): void;
}

/** What operators may want to know of a bus. */
export interface BusState {
  trusted: boolean;
  /** Other instances known. */
  peers: number;
  links: { name: string; up: boolean }[];
}

const DONE = Promise.resolve();
/** Longest wait for the last word of an instance that stops. */
const FAREWELL = 200;

/**
 * Tells all processes of a Keel of changes, so that what one remembers is never staler than
 * 100 ms, and never stale for a client whose write has been answered. It stands on three rules:
 *
 * 1. A publisher waits until every instance it knows has acknowledged. One that has not by the
 *    end of `bound` cannot have heard the link for longer than `lease` (links keep order, see
 *    {@link Lease}), so it does not trust what it remembers: see {@link trusted}.
 * 2. An instance that writes proves every `beat` that it lives. When it is silent for `silence`,
 *    it may have died between its commit and its publication: the others trust nothing until it
 *    says that it has told of everything, or is declared dead; then they empty their memory.
 * 3. An instance trusts itself only `join` after it has greeted the others: by then every writer
 *    knows it. So a writer that knows nobody need not ask: alone, publishing costs nothing.
 *
 * With Redis, PostgreSQL's link stands by: an instance that has lost Redis still reaches those
 * who have not, and who does not hear Redis bypasses its memory.
 */
export class InvalidationBus {
  private readonly logger = new Logger('bus');
  private readonly leases: Lease[];
  private readonly membership: Membership;
  private readonly publisher: Publisher;
  private readonly subscribers = new Map<string, Subscriber[]>();
  private timer: NodeJS.Timeout | undefined;
  /** Time until which {@link trusted} holds. */
  private until = 0;
  private mustForget = true;

  /**
   * @param links by preference; none: this is the only process, and all is delivered in it.
   * @param id unique among the instances: letters, digits and dashes.
   */
  constructor(
    links: readonly Link[],
    readonly id: string = randomUUID(),
    private readonly timing: BusTiming = BUS_TIMING,
  ) {
    this.leases = links.map(
      (link) =>
        new Lease(link, timing, {
          greet: () => this.membership.greet(link, null, true),
          toldSince: (time) => this.membership.toldSince(time),
          begun: (missed) => (this.mustForget ||= missed),
          changed: () => this.assess(),
        }),
    );
    this.membership = new Membership(id, this.leases, timing, {
      news: (items) => this.deliver(items),
      acknowledged: (from, seqs) => this.publisher.acknowledged(from, seqs),
      gone: (gone) => this.publisher.gone(gone),
      doubt: () => (this.mustForget = true),
    });
    this.publisher = this.newPublisher();
    if (links.length === 0) this.until = Infinity;
  }

  /** Connects, without waiting for it: until then, {@link trusted} is false. */
  start(): void {
    if (this.timer) return;
    for (const lease of this.leases) this.open(lease);
    this.timer = setInterval(() => this.tick(), this.timing.beat).unref();
  }

  /** Takes leave of the others and closes the links. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    if (this.leases.length > 0) this.until = 0;
    await Promise.race([this.membership.farewell(), sleep(FAREWELL, undefined, { ref: false })]);
    this.publisher.close();
    await Promise.all(this.leases.map(({ link }) => link.close()));
  }

  /** Before {@link start}, or this instance starts over to make itself known. */
  subscribe(topic: string, subscriber: Subscriber): void {
    const subscribers = this.subscribers.get(topic) ?? [];
    this.subscribers.set(topic, [...subscribers, subscriber]);
    if (this.membership.topics.has(topic)) return;
    this.membership.topics.add(topic);
    for (const lease of this.leases) lease.startOver();
    this.assess();
  }

  /**
   * Tells everybody, this instance first and at once. Call it after the commit and before the
   * write is answered.
   * @returns when each other instance has heard it, or bypasses what it remembers; never rejects.
   */
  publish(topic: string, payload: string): Promise<void> {
    this.deliver([[topic, payload]]);
    if (this.leases.length === 0) return DONE;
    this.membership.beginWrite();
    // Nobody remembers anything of this kind, and anyone new would have been heard of.
    const { peers } = this.membership;
    if (!peers.anyInterested(topic) && (this.membership.route() || this.isDeaf())) return DONE;
    return this.publisher.publish(topic, payload);
  }

  /**
   * Says that a change may be committed soon. Without it, others may go on with what they
   * remember if this process dies between its first commit after a pause and its publication.
   */
  beginWrite(): void {
    if (this.leases.length > 0) this.membership.beginWrite();
  }

  /**
   * Whether what this instance remembers may be used. Cheap: asked for every request.
   * @param now the time of `performance.now()`, where the caller has asked for it already.
   */
  trusted(now = performance.now()): boolean {
    return now < this.until;
  }

  state(): BusState {
    const links = this.leases.map(({ link }) => ({ name: link.name, up: link.isUp() }));
    return { trusted: this.trusted(), peers: this.membership.peers.size, links };
  }

  /** No link can ever work: then this instance reaches nobody, and waiting does not help. */
  private isDeaf(): boolean {
    return this.leases.every(({ link }) => link.unusable() !== null);
  }

  private newPublisher(): Publisher {
    const { membership } = this;
    return new Publisher(this.timing, {
      send: (seq, items) => membership.sendNews(membership.routes(), seq, items),
      sendElsewhere: (seq, items) => membership.sendNews(membership.detours(), seq, items),
      awaited: (topics) => membership.peers.awaited(topics).map((peer) => peer.id),
      isSure: () => membership.route() !== null,
      caughtUp: async () => {
        const link = membership.route();
        if (!link) throw new Error('No link of the bus is heard');
        await link.barrier();
      },
      unacknowledged: (ids) => membership.peers.suspect(ids),
      lost: () => membership.lost(),
    });
  }

  private open(lease: Lease): void {
    const { link } = lease;
    let isReported = false;
    link.open({
      up: () => {
        if (isReported) this.logger.log(`The bus hears ${link.name} again`);
        isReported = false;
        lease.up();
      },
      down: (reason) => {
        if (!isReported) this.logger.warn(`The bus does not hear ${link.name}: ${reason}`);
        isReported = true;
        this.membership.down(link);
        lease.down();
      },
      receive: (frame) => {
        this.membership.receive(link, frame);
        this.assess();
      },
    });
  }

  private tick(): void {
    const now = performance.now();
    for (const lease of this.leases) lease.tick(now);
    this.membership.tick(now);
    this.assess();
  }

  /** Works out until when this instance may trust its memory, and empties it when it must. */
  private assess(): void {
    if (this.leases.length === 0) return;
    let until = this.membership.peers.trustedUntil();
    let counted = 0;
    for (const lease of this.leases) {
      // A link that can never work is no link, unless there is no other.
      if (lease.link.unusable() !== null) continue;
      counted += 1;
      until = Math.min(until, lease.validUntil());
    }
    if (counted === 0) until = 0;
    if (this.mustForget && until > performance.now()) {
      this.mustForget = false;
      this.forget();
    }
    this.until = until;
  }

  private forget(): void {
    for (const subscribers of this.subscribers.values()) {
      for (const subscriber of subscribers) subscriber.forget();
    }
  }

  private deliver(items: readonly Item[]): void {
    for (const [topic, payload] of items) {
      for (const subscriber of this.subscribers.get(topic) ?? []) {
        try {
          subscriber.receive(payload);
        } catch (error) {
          this.logger.error(`A subscriber of ${topic} failed: ${String(error)}`);
          subscriber.forget();
        }
      }
    }
  }
}
