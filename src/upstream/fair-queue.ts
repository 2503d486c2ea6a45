/**
 * The queue of upstream requests. A free place goes to the subject with the fewest places; subjects with equally many take
 * turns, and each starts the tile that has waited longest. One subject alone may fill places and queue; of several subjects, none
 * waits for the queue of another. A tile that several subjects wait for starts at the first of their turns.
 */
import { UpstreamError } from './upstream-error.js';
import type { Waiters } from './waiters.js';

export const OVERLOADED = new UpstreamError('overloaded', 'The queue of upstream requests is full.', 2);

interface QueuedTile {
  readonly waiters: Waiters;
  readonly start: (subject: string) => void;
  readonly refuse: (error: unknown) => void;
}

interface Subject {
  /** The longest waiting one first. */
  readonly queued: Set<QueuedTile>;
  running: number;
}

export class FairQueue {
  private readonly queue = new Set<QueuedTile>();
  /** In the order of their turns. */
  private readonly subjects = new Map<string, Subject>();
  private places = 0;

  constructor(
    private readonly maxRunning: number,
    private readonly maxQueued: number,
  ) {}

  get running(): number {
    return this.places;
  }

  get queued(): number {
    return this.queue.size;
  }

  /** Whether the next tile has to wait. */
  get isBusy(): boolean {
    return this.places >= this.maxRunning;
  }

  /**
   * Calls `task` at the turn of one of `waiters`. Rejects with {@link OVERLOADED} when the queue is full of tiles with no less
   * right to a place, and with the reason of `signal` when it aborts before the turn.
   */
  async run<T>(waiters: Waiters, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    if (this.isBusy && this.queued >= this.maxQueued) this.makeRoom(waiters);
    const subject = await this.turn(waiters, signal);
    try {
      return await task();
    } finally {
      this.release(subject);
      this.startNext();
    }
  }

  /** Resolves with the subject that gets the place. */
  private turn(waiters: Waiters, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        signal.removeEventListener('abort', abort);
        waiters.watch(() => undefined);
        this.queue.delete(tile);
        for (const subject of waiters.subjects) this.place(tile, subject, false);
      };
      const tile: QueuedTile = {
        waiters,
        start: (subject) => {
          leave();
          resolve(subject);
        },
        refuse: (error) => {
          leave();
          reject(error as Error);
        },
      };
      const abort = () => tile.refuse(signal.reason);
      signal.addEventListener('abort', abort);
      this.queue.add(tile);
      for (const subject of waiters.subjects) this.place(tile, subject, true);
      waiters.watch((subject, waits) => this.place(tile, subject, waits));
      this.startNext();
    });
  }

  /** Puts `tile` into the queue of `subject`, or takes it out. */
  private place(tile: QueuedTile, subject: string, waits: boolean): void {
    const { queued } = this.subjectOf(subject);
    if (waits) queued.add(tile);
    else queued.delete(tile);
    this.forgetIdle(subject);
  }

  private startNext(): void {
    while (!this.isBusy) {
      const name = this.nextSubject();
      if (name === undefined) return;
      const subject = this.subjectOf(name);
      const [tile] = subject.queued;
      this.places++;
      subject.running++;
      tile!.start(name);
    }
  }

  /** Frees a place; the next turns are those of the other subjects. */
  private release(name: string): void {
    const subject = this.subjectOf(name);
    this.places--;
    subject.running--;
    this.subjects.delete(name);
    this.subjects.set(name, subject);
    this.forgetIdle(name);
  }

  private nextSubject(): string | undefined {
    let next: { name: string; running: number } | undefined;
    for (const [name, { queued, running }] of this.subjects)
      if (queued.size > 0 && running < (next?.running ?? Infinity)) next = { name, running };
    return next?.name;
  }

  /** Refuses the newest tile of the longest queue, or the tile of `waiters` if their own queue is as long as the others. */
  private makeRoom(waiters: Waiters): void {
    const lengthOf = (subject: string) => this.subjects.get(subject)?.queued.size ?? 0;
    const own = Math.min(...[...waiters.subjects].map(lengthOf)) + 1;
    const hasLongerQueue = (subject: string) => lengthOf(subject) > own;
    let longest = new Set<QueuedTile>();
    for (const { queued } of this.subjects.values()) if (queued.size > longest.size) longest = queued;
    if (longest.size <= own) throw OVERLOADED;
    const refused = [...longest].findLast((tile) => [...tile.waiters.subjects].every(hasLongerQueue));
    if (!refused) throw OVERLOADED;
    refused.refuse(OVERLOADED);
  }

  private subjectOf(name: string): Subject {
    const known = this.subjects.get(name);
    if (known) return known;
    const subject = { queued: new Set<QueuedTile>(), running: 0 };
    this.subjects.set(name, subject);
    return subject;
  }

  private forgetIdle(name: string): void {
    const { queued, running } = this.subjectOf(name);
    if (queued.size + running === 0) this.subjects.delete(name);
  }
}
