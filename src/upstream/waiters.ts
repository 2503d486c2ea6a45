/** A client that waits for a tile. */
export interface WaitingClient {
  /** Whose turn in the queue counts: an API key, or the address of a client without one. */
  readonly subject: string;
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignal;
}

/** The clients that wait for one tile, counted by subject. */
export class Waiters {
  private readonly clients = new Map<string, number>();
  private readonly abandoned = new AbortController();
  private notify: (subject: string, waits: boolean) => void = () => undefined;

  constructor(first: string) {
    this.join(first);
  }

  get subjects(): Iterable<string> {
    return this.clients.keys();
  }

  /** Aborts when the last client has left. */
  get signal(): AbortSignal {
    return this.abandoned.signal;
  }

  join(subject: string): void {
    const clients = this.clients.get(subject) ?? 0;
    this.clients.set(subject, clients + 1);
    if (clients === 0) this.notify(subject, true);
  }

  leave(subject: string): void {
    const clients = this.clients.get(subject)! - 1;
    if (clients > 0) return void this.clients.set(subject, clients);
    this.clients.delete(subject);
    this.notify(subject, false);
    if (this.clients.size === 0) this.abandoned.abort();
  }

  /** Calls `notify` when the first client of a subject joins, and when its last one leaves. */
  watch(notify: (subject: string, waits: boolean) => void): void {
    this.notify = notify;
  }
}
