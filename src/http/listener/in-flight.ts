/** The requests under way at some servers: waited for at a stop, answered in order, and cut off when nobody reads the answer. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from '../../common/log.js';

const SWEEP_INTERVAL_MS = 1000;

export interface InFlightLimits {
  /** From the head of a request to the last byte of its answer, in milliseconds. */
  readonly maxMs: number;
  /** Bytes of answers that clients have not read yet, all together. */
  readonly maxUnreadBytes: number;
}

/** The requests of one connection whose answers are not finished, and the request that came last. */
interface Line {
  readonly open: Set<ServerResponse>;
  last: { readonly request: IncomingMessage; readonly response: ServerResponse } | undefined;
  changed: () => void;
}

export class InFlight {
  /** Oldest first, with the moment at which each began. */
  private readonly responses = new Map<ServerResponse, number>();
  private readonly lines = new WeakMap<Duplex, Line>();
  private readonly timer: NodeJS.Timeout;
  private notify: () => void = () => undefined;

  constructor(
    private readonly limits: InFlightLimits,
    private readonly log: Log,
  ) {
    this.timer = setInterval(() => this.sweep(), SWEEP_INTERVAL_MS).unref();
  }

  watch(server: Server): void {
    server.on('request', (request, response) => {
      const line = this.lineOf(request.socket);
      line.open.add(response);
      line.last = { request, response };
      this.responses.set(response, performance.now());
      response.once('close', () => this.settle(line, response));
    });
  }

  /** Resolves when no request is under way, or after `ms`. To be called once, at the end. */
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

  /**
   * Calls `answer` for what came over `socket` and is no HTTP, when everything that came before has been answered: answers
   * go in the order of requests. A request whose body is broken and which has its answer already gets no second one.
   */
  inTurn(socket: Duplex, answer: () => void): void {
    const line = this.lines.get(socket);
    if (!line) return answer();
    const broken = line.last && !line.last.request.complete ? line.last.response : undefined;
    line.changed = () => {
      for (const response of line.open) if (response !== broken) return;
      line.changed = () => undefined;
      if (broken?.headersSent) socket.end(() => socket.destroy());
      else answer();
    };
    line.changed();
  }

  private lineOf(socket: Duplex): Line {
    const known = this.lines.get(socket);
    if (known) return known;
    const line: Line = { open: new Set(), last: undefined, changed: () => undefined };
    this.lines.set(socket, line);
    // An answer whose turn has not come when the connection ends is never closed by itself.
    socket.once('close', () => {
      for (const response of line.open) this.settle(line, response);
    });
    return line;
  }

  private settle(line: Line, response: ServerResponse): void {
    if (!line.open.delete(response)) return;
    this.responses.delete(response);
    if (this.responses.size === 0) this.notify();
    line.changed();
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
