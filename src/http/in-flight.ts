/** The requests under way at some servers: waited for at a stop, and cut off when their answers are not read. */
import type { Server, ServerResponse } from 'node:http';
import type { Log } from '../common/log.js';

const SWEEP_INTERVAL_MS = 1000;

export interface InFlightLimits {
  /** From the head of a request to the last byte of its answer, in milliseconds. */
  readonly maxMs: number;
  /** Bytes of answers that clients have not read yet, all together. */
  readonly maxUnreadBytes: number;
}

export class InFlight {
  /** Oldest first, with the moment at which each began. */
  private readonly responses = new Map<ServerResponse, number>();
  private readonly timer: NodeJS.Timeout;
  private notify: () => void = () => undefined;

  constructor(
    private readonly limits: InFlightLimits,
    private readonly log: Log,
  ) {
    this.timer = setInterval(() => this.sweep(), SWEEP_INTERVAL_MS).unref();
  }

  watch(server: Server): void {
    server.on('request', (_request, response) => {
      this.responses.set(response, performance.now());
      response.once('close', () => {
        this.responses.delete(response);
        if (this.responses.size === 0) this.notify();
      });
    });
  }

  /** Resolves when no request is under way, or after `ms`. */
  async none(ms: number): Promise<void> {
    clearInterval(this.timer);
    if (this.responses.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.notify = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Cuts whoever takes too long, and the oldest readers while too much waits to be read. */
  private sweep(): void {
    const { maxMs, maxUnreadBytes } = this.limits;
    const tooOld = performance.now() - maxMs;
    let cut = 0;
    let unread = 0;
    const readers: { response: ServerResponse; bytes: number }[] = [];
    for (const [response, begun] of this.responses) {
      if (begun < tooOld) {
        response.destroy();
        cut++;
        continue;
      }
      const bytes = response.socket?.writableLength ?? 0;
      if (bytes === 0) continue;
      unread += bytes;
      readers.push({ response, bytes });
    }
    for (const { response, bytes } of readers) {
      if (unread <= maxUnreadBytes) break;
      response.destroy();
      unread -= bytes;
      cut++;
    }
    if (cut > 0) this.log.warn({ connections: cut }, 'connections cut: their answers were not read in time');
  }
}
