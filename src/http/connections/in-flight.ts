/** The requests in flight: awaited at shutdown, answered in order, and closed if the client does not read the response. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ClosedConnections } from './closed-connections.js';
import { answerPipelining } from './malformed-http.js';

const SWEEP_INTERVAL_MS = 1000;
/** Requests in flight of one connection. Browsers and proxies wait for each response; few clients pipeline at all. */
const MAX_PIPELINED = 32;
/** What a parser of Node takes as the end of HTTP on the connection: it ignores the rest of its input. */
const STOP_PARSING = 2;

/** The parser of Node, which calls `onIncoming` with each request before anything else does work for it. */
interface Parser {
  onIncoming: (request: IncomingMessage, keepAlive: boolean) => number;
}

export interface InFlightLimits {
  /** From the headers of a request to the last byte of its response, in milliseconds. */
  readonly maxMs: number;
  /** Bytes of all responses that clients have not read yet. */
  readonly maxUnreadBytes: number;
}

/** The unfinished responses of one connection, and its latest request. */
interface Connection {
  readonly open: Set<ServerResponse>;
  latest: { readonly request: IncomingMessage; readonly response: ServerResponse } | undefined;
  changed: () => void;
}

export class InFlight {
  /** Oldest first, with the start time of each. */
  private readonly responses = new Map<ServerResponse, number>();
  private readonly connections = new WeakMap<Duplex, Connection>();
  private readonly timer: NodeJS.Timeout;
  private notify: () => void = () => undefined;

  constructor(
    private readonly limits: InFlightLimits,
    private readonly closed: ClosedConnections,
  ) {
    this.timer = setInterval(() => this.sweep(), SWEEP_INTERVAL_MS).unref();
  }

  watch(server: Server): void {
    server.on('connection', (socket: Socket) => this.limitPipelining(socket));
    server.on('request', (request, response) => {
      const connection = this.connectionOf(request.socket);
      connection.open.add(response);
      connection.latest = { request, response };
      this.responses.set(response, performance.now());
      response.once('close', () => this.settle(connection, response));
    });
  }

  /**
   * With {@link MAX_PIPELINED} requests in flight, 429 follows their responses and the connection is closed. The parser stops,
   * because a single read can hold thousands of further requests, and each would cost memory until the responses before it.
   */
  private limitPipelining(socket: Socket): void {
    const { parser } = socket as Socket & { readonly parser: Parser };
    const next = parser.onIncoming;
    parser.onIncoming = (request, keepAlive) => {
      const connection = this.connections.get(socket);
      if (!connection || connection.open.size < MAX_PIPELINED) return next(request, keepAlive);
      socket.pause();
      this.closed.add(
        'pipelining',
        { max: MAX_PIPELINED },
        'a connection has too many requests without a response; it gets 429 and is closed',
      );
      this.inTurn(socket, () => answerPipelining(socket));
      return STOP_PARSING;
    };
  }

  /** Resolves when no request is in flight, or after `ms`. Call it once, at shutdown. */
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
   * Calls `answer` for malformed input on `socket` after the responses to all earlier requests, since HTTP/1.1 sends
   * responses in the order of requests. A request with a malformed body that already has a response gets no second one.
   */
  inTurn(socket: Duplex, answer: () => void): void {
    const connection = this.connections.get(socket);
    if (!connection) return answer();
    const { latest } = connection;
    const broken = latest && !latest.request.complete ? latest.response : undefined;
    connection.changed = () => {
      for (const response of connection.open) if (response !== broken) return;
      connection.changed = () => undefined;
      if (broken?.headersSent) socket.end(() => socket.destroy());
      else answer();
    };
    connection.changed();
  }

  private connectionOf(socket: Duplex): Connection {
    const known = this.connections.get(socket);
    if (known) return known;
    const connection: Connection = { open: new Set(), latest: undefined, changed: () => undefined };
    this.connections.set(socket, connection);
    // Node does not close a response that still waits for an earlier one when the connection ends. Its request has to end as well.
    socket.once('close', () => {
      for (const response of connection.open)
        if (response.socket) this.settle(connection, response);
        else response.destroy().emit('close');
    });
    return connection;
  }

  private settle(connection: Connection, response: ServerResponse): void {
    if (!connection.open.delete(response)) return;
    this.responses.delete(response);
    if (this.responses.size === 0) this.notify();
    connection.changed();
  }

  /** Closes responses past their time limit, and the oldest unread ones until the rest is within the byte limit. */
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
      const bytes = response.writableLength;
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
    if (cut > 0)
      this.closed.add(
        'unread',
        { connections: cut },
        'connections closed: clients did not read their responses in time',
        cut,
      );
  }
}
