/**
 * What a status means, whatever a workspace calls it. `pending` waits for the customer: clocks of
 * service levels stand still. `solved` may be opened again, `closed` is over.
 */
export const STATUS_CATEGORIES = ['new', 'open', 'pending', 'onHold', 'solved', 'closed'] as const;
export type StatusCategory = (typeof STATUS_CATEGORIES)[number];

/** A status of a workspace's flow. */
export interface TicketStatus {
  key: string;
  name: string;
  category: StatusCategory;
  /** Keys of the statuses that may follow; null for all of them. */
  next: readonly string[] | null;
}

/** Whether somebody still has to do something, or waits for somebody who has. */
export const isOpenCategory = (category: unknown): boolean =>
  category !== 'solved' && category !== 'closed';

/** The flow of workspaces that have said nothing of it. */
export const USUAL_FLOW: readonly TicketStatus[] = [
  {
    ...{ key: 'new', name: 'New', category: 'new' },
    next: ['open', 'pending', 'onHold', 'solved', 'closed'],
  },
  {
    ...{ key: 'open', name: 'Open', category: 'open' },
    next: ['pending', 'onHold', 'solved', 'closed'],
  },
  {
    ...{ key: 'pending', name: 'Waiting for the customer', category: 'pending' },
    next: ['open', 'onHold', 'solved', 'closed'],
  },
  {
    ...{ key: 'onHold', name: 'On hold', category: 'onHold' },
    next: ['open', 'pending', 'solved', 'closed'],
  },
  { key: 'solved', name: 'Solved', category: 'solved', next: ['open', 'closed'] },
  { key: 'closed', name: 'Closed', category: 'closed', next: [] },
];

/** The statuses of a workspace, in their order, and how one may follow another. */
export class TicketFlow {
  private readonly byKey: ReadonlyMap<string, TicketStatus>;

  constructor(readonly statuses: readonly TicketStatus[]) {
    this.byKey = new Map(statuses.map((status) => [status.key, status]));
  }

  get(key: unknown): TicketStatus | undefined {
    return this.byKey.get(String(key));
  }

  /** By key or name, without regard to case, as files and macros name it. */
  named(text: unknown): TicketStatus | undefined {
    const wanted = String(text).toLowerCase();
    return (
      this.get(text) ??
      this.statuses.find(({ key }) => key.toLowerCase() === wanted) ??
      this.statuses.find(({ name }) => name.toLowerCase() === wanted)
    );
  }

  /** What a new ticket begins with. */
  get initial(): TicketStatus {
    const found = this.statuses.find(({ category }) => category === 'new') ?? this.statuses[0];
    if (!found) throw new Error('A flow has no statuses');
    return found;
  }

  /** The keys that may follow a status, in the order of the flow. */
  allowed(from: unknown): string[] {
    const next = this.get(from)?.next ?? null;
    return this.statuses
      .map(({ key }) => key)
      .filter((key) => key !== from && (next === null || next.includes(key)));
  }

  isAllowed(from: unknown, to: string): boolean {
    return from === to || this.allowed(from).includes(to);
  }

  /** The first status of a category that may follow. */
  towards(category: StatusCategory, from: unknown): TicketStatus | undefined {
    return this.allowed(from)
      .map((key) => this.get(key))
      .find((status) => status?.category === category);
  }
}
