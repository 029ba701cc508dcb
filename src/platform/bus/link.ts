/** What a link tells the bus. */
export interface LinkListener {
  /** Subscribed, for the first time or again: whatever was sent before may have been missed. */
  up(): void;
  down(reason: string): void;
  /** A text another instance, or this one, has sent. */
  receive(text: string): void;
}

/**
 * A way for instances to reach each other through a server they share. It keeps order: texts
 * arrive as the server took them. It reconnects by itself, and loses what was sent meanwhile.
 */
export interface Link {
  readonly name: string;
  isUp(): boolean;
  /** Why this link can never work here, such as a pooler in between; null when it can. */
  unusable(): string | null;
  open(listener: LinkListener): void;
  /**
   * Sends to one instance, or to all, the sender included.
   * @returns once the server has taken the text; rejects when it is not sure that it has.
   */
  send(to: string | null, text: string): Promise<void>;
  /** Resolves when all that the server took before the call has been received here. */
  barrier(): Promise<void>;
  /** Gives up a connection that does not answer, for a new one. */
  reconnect(): void;
  close(): Promise<void>;
}
