/** Sends one batch over one connection and assigns the responses to its requests. */
import { connect, type Socket } from 'node:net';
import { header, MalformedResponse, readResponse, type HttpResponse } from '../support/http/http-response.js';
import type { Batch, FuzzCase } from './fuzz-case.js';

export interface Outcome {
  /** In the order of arrival. */
  readonly responses: readonly { readonly fuzzCase: FuzzCase; readonly response: HttpResponse }[];
  /** Number of requests without a response. */
  readonly unanswered: number;
  /** Violations of the connection itself. */
  readonly faults: readonly Fault[];
}

export interface Fault {
  readonly what: string;
  readonly fuzzCase: FuzzCase;
  readonly found?: string | Buffer;
}

/** The gateway must answer a complete request within this time. */
const DEADLINE_MS = 15_000;
/** The gateway may close the connection before it has read more than this; the kernel then discards the response. */
const SAFE_BYTES = 16_384;

/** Never rejects. */
export function sendBatch(batch: Batch, url: URL): Promise<Outcome> {
  return new Promise((resolve) => new Connection(batch, url, resolve).open());
}

class Connection {
  private socket!: Socket;
  private readonly responses: { fuzzCase: FuzzCase; response: HttpResponse }[] = [];
  private readonly faults: Fault[] = [];
  private unread: Buffer = Buffer.alloc(0);
  /** The request whose response comes next, and how many responses it has had. */
  private current = 0;
  private received = 0;
  private closing = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly batch: Batch,
    private readonly url: URL,
    private readonly done: (outcome: Outcome) => void,
  ) {}

  open(): void {
    const { from } = this.batch;
    // Other systems have a single loopback address.
    const local = from !== undefined && process.platform === 'linux' ? { localAddress: from } : {};
    this.socket = connect({ host: this.url.hostname, port: Number(this.url.port), ...local });
    this.socket.setNoDelay(true);
    this.socket.on('connect', () => void this.send());
    this.socket.on('data', (chunk) => this.receive(chunk));
    this.socket.on('error', (error: NodeJS.ErrnoException) => {
      if (!['ECONNRESET', 'EPIPE'].includes(error.code ?? ''))
        this.fault(`the connection failed with ${error.code}`);
    });
    this.socket.on('close', () => this.close());
    this.restartTimer();
  }

  private async send(): Promise<void> {
    const bytes = Buffer.concat(this.batch.cases.map((fuzzCase) => fuzzCase.bytes));
    const pieces = this.batch.inPieces ? 3 : 1;
    for (let piece = 0; piece < pieces && this.socket.writable; piece++) {
      const cut = (part: number) => Math.floor((bytes.length * part) / pieces);
      this.socket.write(bytes.subarray(cut(piece), cut(piece + 1)));
      if (piece < pieces - 1) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    this.closeIfDone();
  }

  private receive(chunk: Buffer): void {
    this.unread = this.unread.length === 0 ? chunk : Buffer.concat([this.unread, chunk]);
    this.restartTimer();
    try {
      while (this.unread.length > 0) {
        const fuzzCase = this.caseOfNextResponse();
        const result = readResponse(this.unread, fuzzCase.method);
        if (!result) return;
        this.unread = this.unread.subarray(result.length);
        // An interim response precedes the final one.
        if (result.response.status < 200) continue;
        this.responses.push({ fuzzCase, response: result.response });
        this.received++;
      }
    } catch (error) {
      if (!(error instanceof MalformedResponse)) throw error;
      this.fault(error.message, error.found);
      this.socket.destroy();
    }
    this.closeIfDone();
  }

  /** Throws {@link MalformedResponse} when there are more responses than requests. */
  private caseOfNextResponse(): FuzzCase {
    const { cases } = this.batch;
    const fuzzCase = cases[this.current]!;
    const last = this.current === cases.length - 1;
    if (this.received < (last ? (fuzzCase.maxResponses ?? 1) : 1)) return fuzzCase;
    if (last) throw new MalformedResponse('there are more responses than requests', this.unread);
    this.current++;
    this.received = 0;
    return cases[this.current]!;
  }

  /** Requests without a response so far. */
  private get outstanding(): readonly FuzzCase[] {
    return this.batch.cases.slice(this.current + (this.received > 0 ? 1 : 0));
  }

  /** Closes the connection when no outstanding request requires a response. */
  private closeIfDone(): void {
    const { disconnect, abandonAfterMs } = this.batch;
    const { outstanding } = this;
    if (this.closing || outstanding.some(({ expect }) => expect !== 'unfinished')) return;
    this.closing = true;
    const close = () => {
      if (disconnect === 'rst' && outstanding.length > 0) this.socket.resetAndDestroy();
      else this.socket.end();
    };
    if (outstanding.length > 0) setTimeout(close, abandonAfterMs);
    else close();
  }

  private fault(what: string, found?: string | Buffer): void {
    const fuzzCase = this.batch.cases[this.current]!;
    this.faults.push({ what, fuzzCase, ...(found === undefined ? {} : { found }) });
  }

  private restartTimer(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.fault(
        this.closing
          ? `the connection is still open ${DEADLINE_MS} ms after the client closed it`
          : `there was no response within ${DEADLINE_MS} ms`,
      );
      this.socket.destroy();
    }, DEADLINE_MS);
  }

  private close(): void {
    clearTimeout(this.timer);
    const { cases, inPieces } = this.batch;
    const { outstanding } = this;
    const last = this.responses.at(-1)?.response;
    const announced = last !== undefined && header(last, 'connection') === 'close';
    const size = cases.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const mayBeLost = size > SAFE_BYTES || inPieces;
    const next = outstanding[0];
    if (this.faults.length === 0 && !this.closing) {
      if (this.unread.length > 0) this.fault('a response is incomplete', this.unread);
      else if (next && !announced && !mayBeLost && !next.mayEnd && next.expect !== 'unfinished')
        this.fault('the connection ended without a response');
    }
    this.done({ responses: this.responses, unanswered: outstanding.length, faults: this.faults });
  }
}
