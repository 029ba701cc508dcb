import type { Lease } from './lease.js';
import type { Link } from './link.js';
import { Decoder, encode } from './message.js';
import type { Message } from './message.js';
import { Peers } from './peers.js';
import type { Peer } from './peers.js';
import type { Item } from './publisher.js';
import type { BusTiming } from './timing.js';

/** What the other instances make happen here. */
export interface MembershipListener {
  news(items: readonly Item[]): void;
  acknowledged(from: string, seqs: readonly number[]): void;
  gone(id: string): void;
  /** Changes may have been made that were not told of. */
  doubt(): void;
}

type News = Message & { kind: 'news' };
type Hello = Message & { kind: 'hello' };

/** This instance among the others: who there is, who writes, and by which links to reach whom. */
export class Membership {
  readonly peers: Peers;
  /** Topics this instance remembers things about. */
  readonly topics = new Set<string>();
  private readonly decoders = new Map<Link, Decoder>();
  private readonly acks = new Map<Link, Map<string, number[]>>();
  private isWriting = false;
  private isBeating = false;
  private wroteAt = -Infinity;
  private greetedAt = performance.now();
  private toldAt = -Infinity;
  private tickedAt = performance.now();
  private settledFrom = 0;
  private hasLost = false;

  constructor(
    private readonly id: string,
    private readonly leases: readonly Lease[],
    private readonly timing: BusTiming,
    private readonly listener: MembershipListener,
  ) {
    this.peers = new Peers(timing, () => listener.doubt());
  }

  /** The preferred link of those that are surely heard, or null. */
  route(): Link | null {
    const now = performance.now();
    return this.leases.find((lease) => lease.validUntil() > now)?.link ?? null;
  }

  /** The links by which everybody who is known can be reached. */
  routes(): Link[] {
    const best = this.route();
    const up = this.leases.map(({ link }) => link).filter((link) => link.isUp());
    if (!best) return up;
    const links = new Set([best]);
    for (const { links: heardOn } of this.peers.all()) {
      if (heardOn.has(best.name)) continue;
      for (const link of up) if (heardOn.has(link.name)) links.add(link);
    }
    return [...links];
  }

  /** The links that {@link routes} leaves out. */
  detours(): Link[] {
    const routes = this.routes();
    return this.leases
      .map(({ link }) => link)
      .filter((link) => link.isUp() && !routes.includes(link));
  }

  /** Sends a publication by the links; rejects unless all of them have taken it. */
  async sendNews(links: readonly Link[], seq: number, items: Item[]): Promise<void> {
    if (links.length === 0) throw new Error('No link of the bus is up');
    const at = performance.now();
    const message: Message = { kind: 'news', seq, at, settled: this.isSettled(at), items };
    await Promise.all(links.map((link) => this.send(link, null, message)));
  }

  /** Tells who this is; `ask` to be told the same. */
  async greet(link: Link, to: string | null, ask: boolean): Promise<void> {
    const lost = to === null && this.hasLost;
    if (lost) this.hasLost = false;
    const topics = [...this.topics];
    try {
      const { isWriting: writing } = this;
      const at = performance.now();
      await this.send(link, to, { kind: 'hello', at, topics, ask, writing, lost });
    } catch (error) {
      this.hasLost ||= lost;
      throw error;
    }
  }

  /** A change may be committed from now on: the others watch this instance until it rests. */
  beginWrite(): void {
    this.wroteAt = performance.now();
    if (this.isWriting) return;
    this.isWriting = true;
    this.beat(this.wroteAt);
  }

  /** Whether another instance has published anything since. */
  toldSince(time: number): boolean {
    return this.toldAt >= time;
  }

  /** A publication may have reached nobody: the others are told as soon as they can be. */
  lost(): void {
    this.hasLost = true;
  }

  tick(now: number): void {
    // This process hung: what the database has answered meanwhile is read after this tick.
    if (!this.isSettled(now)) this.settledFrom = now + this.timing.beat / 2;
    this.tickedAt = now;
    if (this.isWriting && this.isSettled(now) && now - this.wroteAt > this.timing.linger) {
      this.isWriting = false;
      void this.broadcast({ kind: 'rest' });
    } else if (this.isWriting) {
      this.beat(now);
    }
    // Who does not hear the others must not count their silence.
    if (!this.route()) return;
    for (const id of this.peers.forgetSilent(now)) this.gone(id);
    if (this.hasLost || now - this.greetedAt > this.timing.greeting) {
      this.greetedAt = now;
      for (const { link } of this.leases) {
        if (link.isUp()) this.greet(link, null, false).catch(heardBySilence);
      }
    }
  }

  /** Says that all that was written has been told. */
  async farewell(): Promise<void> {
    const up = this.leases.map(({ link }) => link).filter((link) => link.isUp());
    await Promise.allSettled(up.map((link) => this.send(link, null, { kind: 'bye' })));
  }

  /** The link has lost its connection: what was half said stays so. */
  down(link: Link): void {
    this.decoders.get(link)?.drop();
    this.acks.delete(link);
  }

  receive(link: Link, frame: string): void {
    let decoder = this.decoders.get(link);
    if (!decoder) this.decoders.set(link, (decoder = new Decoder()));
    const envelope = decoder.decode(frame);
    if (!envelope || envelope.from === this.id) return;
    const { from, message } = envelope;
    if (message.kind === 'bye') {
      this.peers.remove(from);
      this.gone(from);
      return;
    }
    const isKnown = this.peers.has(from);
    this.handle(link, this.peers.heard(from, link.name), message);
    if (!isKnown && message.kind !== 'hello') this.greet(link, from, true).catch(heardBySilence);
  }

  private handle(link: Link, peer: Peer, message: Exclude<Message, { kind: 'bye' }>): void {
    switch (message.kind) {
      case 'hello':
        return this.greeted(link, peer, message);
      case 'beat':
        return this.peers.beat(peer, message.at, message.settled);
      case 'rest':
        return this.peers.rest(peer);
      case 'news':
        return this.told(link, peer, message);
      case 'ack':
        peer.suspect = false;
        return this.listener.acknowledged(peer.id, message.seqs);
      default:
      // A later version says more than this one understands.
    }
  }

  private greeted(link: Link, peer: Peer, hello: Hello): void {
    peer.topics = new Set(hello.topics);
    peer.suspect = false;
    if (!hello.writing) this.peers.rest(peer);
    else if (!peer.writing) this.peers.beat(peer, hello.at, true);
    if (hello.lost) this.listener.doubt();
    if (hello.ask) this.greet(link, peer.id, false).catch(heardBySilence);
  }

  private told(link: Link, peer: Peer, news: News): void {
    this.toldAt = performance.now();
    this.peers.beat(peer, news.at, news.settled);
    this.listener.news(news.items);
    let waiting = this.acks.get(link);
    if (!waiting) this.acks.set(link, (waiting = new Map<string, number[]>()));
    const seqs = waiting.get(peer.id);
    if (seqs) {
      seqs.push(news.seq);
      return;
    }
    waiting.set(peer.id, [news.seq]);
    // What has arrived together is acknowledged together.
    queueMicrotask(() => this.acknowledge(link, peer.id));
  }

  private acknowledge(link: Link, to: string): void {
    const seqs = this.acks.get(link)?.get(to);
    this.acks.get(link)?.delete(to);
    if (seqs) this.send(link, to, { kind: 'ack', seqs }).catch(heardBySilence);
  }

  private beat(now: number): void {
    if (this.isBeating || !this.peers.anyListening()) return;
    this.isBeating = true;
    const settled = this.isSettled(now);
    void this.broadcast({ kind: 'beat', at: now, settled }).then(() => (this.isBeating = false));
  }

  /** Whether this process has not hung lately, so that all it has changed is told of. */
  private isSettled(now: number): boolean {
    return now >= this.settledFrom && now - this.tickedAt < this.timing.silence / 2;
  }

  private async broadcast(message: Message): Promise<void> {
    await Promise.all(
      this.routes().map((link) => this.send(link, null, message).catch(heardBySilence)),
    );
  }

  private async send(link: Link, to: string | null, message: Message): Promise<void> {
    const frames = encode({ from: this.id, message });
    await Promise.all(frames.map((frame) => link.send(to, frame)));
  }

  private gone(id: string): void {
    for (const decoder of this.decoders.values()) decoder.drop(id);
    this.listener.gone(id);
  }
}

/** What is not heard shows as silence, which the receiver acts on; there is nobody to tell here. */
function heardBySilence(): void {
  return undefined;
}
