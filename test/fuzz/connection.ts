/** One volley over one connection: what came back, and what should have. */
import { connect, type Socket } from 'node:net';
import { header, MalformedAnswer, readAnswer, type HttpAnswer } from './http-answer.js';
import type { Shot, Volley } from './fuzz-case.js';

export interface Outcome {
  /** Answers with the shot to which each belongs, by their order. */
  readonly answers: readonly { readonly shot: Shot; readonly answer: HttpAnswer }[];
  /** Shots that got no answer, with or without a right to one. */
  readonly unanswered: number;
  /** What went wrong with the connection, and at which shot. */
  readonly faults: readonly Fault[];
}

export interface Fault {
  readonly what: string;
  readonly shot: Shot;
  readonly found?: string | Buffer;
}

/** A complete request is answered by then, or the gateway hangs. */
const DEADLINE_MS = 15_000;
/** What is longer may meet a connection that is closed already, and then the system throws away the answer. */
const SAFE_BYTES = 16_384;

/** Never rejects. */
export function fire(volley: Volley, url: URL): Promise<Outcome> {
  return new Promise((resolve) => new Connection(volley, url, resolve).open());
}

class Connection {
  private socket!: Socket;
  private readonly answers: { shot: Shot; answer: HttpAnswer }[] = [];
  private readonly faults: Fault[] = [];
  private unread: Buffer = Buffer.alloc(0);
  /** The shot whose answer comes next, and how many it has had. */
  private current = 0;
  private had = 0;
  private closing = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly volley: Volley,
    private readonly url: URL,
    private readonly done: (outcome: Outcome) => void,
  ) {}

  open(): void {
    const { from } = this.volley;
    // Elsewhere the loopback interface has one address.
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
    this.wait();
  }

  private async send(): Promise<void> {
    const bytes = Buffer.concat(this.volley.shots.map((shot) => shot.bytes));
    const pieces = this.volley.inPieces ? 3 : 1;
    for (let piece = 0; piece < pieces && this.socket.writable; piece++) {
      const cut = (part: number) => Math.floor((bytes.length * part) / pieces);
      this.socket.write(bytes.subarray(cut(piece), cut(piece + 1)));
      if (piece < pieces - 1) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    this.goOn();
  }

  private receive(chunk: Buffer): void {
    this.unread = this.unread.length === 0 ? chunk : Buffer.concat([this.unread, chunk]);
    this.wait();
    try {
      while (this.unread.length > 0) {
        const shot = this.shotToAnswer();
        const reading = readAnswer(this.unread, shot.method);
        if (!reading) return;
        this.unread = this.unread.subarray(reading.length);
        // Interim answers are none.
        if (reading.answer.status < 200) continue;
        this.answers.push({ shot, answer: reading.answer });
        this.had++;
      }
    } catch (error) {
      if (!(error instanceof MalformedAnswer)) throw error;
      this.fault(error.message, error.found);
      this.socket.destroy();
    }
    this.goOn();
  }

  /** Throws a {@link MalformedAnswer} when there are more answers than requests. */
  private shotToAnswer(): Shot {
    const { shots } = this.volley;
    const shot = shots[this.current]!;
    const last = this.current === shots.length - 1;
    if (this.had < (last ? (shot.answers ?? 1) : 1)) return shot;
    if (last) throw new MalformedAnswer('there are more answers than requests', this.unread);
    this.current++;
    this.had = 0;
    return shots[this.current]!;
  }

  /** Says goodbye when every shot that can be answered has been. */
  private goOn(): void {
    const { shots, farewell, patienceMs } = this.volley;
    const open = shots.slice(this.current + (this.had > 0 ? 1 : 0));
    if (this.closing || open.some(({ due }) => due !== 'unfinished')) return;
    this.closing = true;
    const leave = () => {
      if (farewell === 'rst' && open.length > 0) this.socket.resetAndDestroy();
      else this.socket.end();
    };
    if (open.length > 0) setTimeout(leave, patienceMs);
    else leave();
  }

  private fault(what: string, found?: string | Buffer): void {
    const shot = this.volley.shots[this.current]!;
    this.faults.push({ what, shot, ...(found === undefined ? {} : { found }) });
  }

  private wait(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.fault(
        this.closing
          ? `the connection is still open ${DEADLINE_MS} ms after the client ended it`
          : `no answer came within ${DEADLINE_MS} ms`,
      );
      this.socket.destroy();
    }, DEADLINE_MS);
  }

  private close(): void {
    clearTimeout(this.timer);
    const { shots, inPieces } = this.volley;
    const open = shots.slice(this.current + (this.had > 0 ? 1 : 0));
    const last = this.answers.at(-1)?.answer;
    const announced = last !== undefined && header(last, 'connection') === 'close';
    const size = shots.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const lost = size > SAFE_BYTES || inPieces;
    const next = open[0];
    if (this.faults.length === 0 && !this.closing) {
      if (this.unread.length > 0) this.fault('an answer is cut', this.unread);
      else if (next && !announced && !lost && !next.mayEnd && next.due !== 'unfinished')
        this.fault('the connection ended without an answer');
    }
    this.done({ answers: this.answers, unanswered: open.length, faults: this.faults });
  }
}
