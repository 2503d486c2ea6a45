/** One request and what became of it. */
import { request, type Agent, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Withheld } from '../checks/scheduling-delay.js';

export interface Sending {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly kind: 'answer';
  /** Times of `performance.now()`. */
  readonly from: number;
  readonly to: number;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Names and values as they came. */
  readonly head: string;
  readonly body: Buffer;
}

export interface NoAnswer {
  /** `broken`: the connection failed; `hung`: nothing came in time; `left`: this side hung up. */
  readonly kind: 'broken' | 'hung' | 'left';
  readonly from: number;
  readonly to: number;
  /** Code of the system, and how far it had come. */
  readonly detail: string;
}

export type Outcome = Answer | NoAnswer;

export interface Manner {
  readonly agent: Agent;
  /** Milliseconds after which the request counts as hung; what this process loses meanwhile is added. */
  readonly patienceMs: number;
  readonly withheld: Withheld;
  /** Milliseconds after which this side hangs up, whatever has come by then. */
  readonly leaveAfterMs?: number;
  /** Milliseconds of pause before the body is read, and a tenth of them after each piece. */
  readonly dawdleMs?: number;
}

/** Never rejects. */
export function exchange(port: number, sending: Sending, manner: Manner): Promise<Outcome> {
  const { method, path, headers, body } = sending;
  const { agent, patienceMs, withheld, leaveAfterMs, dawdleMs = 0 } = manner;
  return new Promise((resolve) => {
    const from = performance.now();
    const timers = new Set<NodeJS.Timeout>();
    let progress = 'before the head';
    const outgoing = request({ host: '127.0.0.1', port, agent, method, path, headers });
    const end = (outcome: Outcome): void => {
      for (const timer of timers) clearTimeout(timer);
      resolve(outcome);
    };
    const fail = (kind: NoAnswer['kind'], detail: string): void => {
      end({ kind, from, to: performance.now(), detail });
      outgoing.destroy();
    };
    const broken = (error: NodeJS.ErrnoException): void =>
      fail(
        'broken',
        `${error.code ?? error.message} ${progress}${outgoing.reusedSocket ? ', kept alive' : ''}`,
      );
    const giveUp = (): void => {
      const left = patienceMs + withheld.since(from) - (performance.now() - from);
      if (left > 0) timers.add(setTimeout(giveUp, left));
      else fail('hung', progress);
    };
    timers.add(setTimeout(giveUp, patienceMs));
    if (leaveAfterMs !== undefined) timers.add(setTimeout(() => fail('left', progress), leaveAfterMs));
    outgoing.once('error', broken);
    outgoing.once('response', (incoming) => {
      progress = 'within the body';
      read(incoming, dawdleMs).then((whole) => {
        end({
          kind: 'answer',
          from,
          to: performance.now(),
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          head: incoming.rawHeaders.join('\n'),
          body: whole,
        });
      }, broken);
    });
    outgoing.end(body);
  });
}

/** Rejects when the body ends before its announced end. */
async function read(incoming: IncomingMessage, dawdleMs: number): Promise<Buffer> {
  if (dawdleMs > 0) await pause(dawdleMs);
  const pieces: Buffer[] = [];
  for await (const piece of incoming) {
    pieces.push(piece as Buffer);
    if (dawdleMs > 0) await pause(dawdleMs / 10);
  }
  if (!incoming.complete) throw new Error('cut off');
  return Buffer.concat(pieces);
}
