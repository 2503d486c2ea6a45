/** One request and its outcome. */
import { request, type Agent, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { MalformedResponse, readResponse } from '../../support/http/http-response.js';
import { sendBytes } from '../../support/http/send-bytes.js';
import type { SchedulingDelay } from '../checks/scheduling-delay.js';

export interface HttpCall {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Times are those of `performance.now()`. */
interface Period {
  readonly from: number;
  readonly to: number;
}

export interface ReceivedResponse extends Period {
  readonly kind: 'response';
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Names and values of the headers as received. */
  readonly head: string;
  readonly body: Buffer;
}

export interface NoResponse extends Period {
  /** `broken`: the connection failed; `abandoned`: the client closed it, as planned. */
  readonly kind: 'broken' | 'timeout' | 'abandoned';
  /** The system's error code, and how far the response had come. */
  readonly detail: string;
}

export type Outcome = ReceivedResponse | NoResponse;

export interface TimeLimits {
  /** Milliseconds to the end of the response, extended by the scheduling delay. */
  readonly timeoutMs: number;
  readonly delay: SchedulingDelay;
  /** Milliseconds after which the client closes the connection, whatever it has received. */
  readonly abandonAfterMs?: number;
}

export interface ClientBehavior extends TimeLimits {
  readonly agent: Agent;
  /** Milliseconds before the client reads the body, and a tenth of them after each piece. */
  readonly slowReadMs?: number;
}

/** Never rejects. */
export function exchange(port: number, call: HttpCall, behavior: ClientBehavior): Promise<Outcome> {
  const { method, path, headers, body } = call;
  const { agent, timeoutMs, delay, abandonAfterMs, slowReadMs = 0 } = behavior;
  return new Promise((resolve) => {
    const from = performance.now();
    let progress = 'before the head';
    const outgoing = request({ host: '127.0.0.1', port, agent, method, path, headers });
    const end = (outcome: Outcome): void => {
      cancelTimeout();
      clearTimeout(abandonTimer);
      resolve(outcome);
    };
    const fail = (kind: NoResponse['kind'], detail: string): void => {
      end({ kind, from, to: performance.now(), detail });
      outgoing.destroy();
    };
    const broken = (error: NodeJS.ErrnoException): void =>
      fail(
        'broken',
        `${error.code ?? error.message} ${progress}${outgoing.reusedSocket ? ', on a reused connection' : ''}`,
      );
    const cancelTimeout = delay.timeout(timeoutMs, () => fail('timeout', progress));
    const abandonTimer =
      abandonAfterMs === undefined
        ? undefined
        : setTimeout(() => fail('abandoned', progress), abandonAfterMs);
    outgoing.once('error', broken);
    outgoing.once('response', (incoming) => {
      progress = 'within the body';
      read(incoming, slowReadMs).then((received) => {
        end({
          kind: 'response',
          from,
          to: performance.now(),
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          head: incoming.rawHeaders.join('\n'),
          body: received,
        });
      }, broken);
    });
    outgoing.end(body);
  });
}

/** Rejects when the body ends before its announced end. */
async function read(incoming: IncomingMessage, slowReadMs: number): Promise<Buffer> {
  if (slowReadMs > 0) await sleep(slowReadMs);
  const pieces: Buffer[] = [];
  for await (const piece of incoming) {
    pieces.push(piece as Buffer);
    if (slowReadMs > 0) await sleep(slowReadMs / 10);
  }
  if (!incoming.complete) throw new Error('the body is incomplete');
  return Buffer.concat(pieces);
}

/** Sends bytes that are not a valid request; the gateway must answer or, with `abandonAfterMs`, may stay silent. */
export async function rawExchange(port: number, bytes: Buffer, limits: TimeLimits): Promise<Outcome> {
  const { timeoutMs, delay, abandonAfterMs } = limits;
  const from = performance.now();
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  const abandonTimer = abandonAfterMs === undefined ? undefined : setTimeout(abort, abandonAfterMs);
  const cancelTimeout = delay.timeout(timeoutMs, abort);
  const { bytes: received, end } = await sendBytes(new URL(`http://127.0.0.1:${port}`), bytes, stop.signal);
  cancelTimeout();
  clearTimeout(abandonTimer);
  const period = { from, to: performance.now() };
  const response = onlyResponse(received);
  if (response) return { kind: 'response', ...period, ...response };
  const detail = `${end}, ${received.length} bytes received`;
  if (abandonAfterMs !== undefined) return { kind: 'abandoned', ...period, detail };
  return { kind: end === 'aborted' ? 'timeout' : 'broken', ...period, detail };
}

/** Undefined when `bytes` are not exactly one response. */
function onlyResponse(
  bytes: Buffer,
): Pick<ReceivedResponse, 'status' | 'headers' | 'head' | 'body'> | undefined {
  try {
    const result = readResponse(bytes, 'GET');
    if (result?.length !== bytes.length) return undefined;
    const { status, headers, head, body } = result.response;
    return { status, headers: Object.fromEntries(headers), head, body };
  } catch (error) {
    if (error instanceof MalformedResponse) return undefined;
    throw error;
  }
}
