import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { readCookieHeader } from '../cookies/cookie-header.js';
import type { State } from '../state.js';
import { takeFault, type Fault } from '../switches.js';
import { countUp } from './counters.js';
import type { Answer, Asked, Host } from './exchange.js';
import { playFault, statusOf } from './faults.js';
import { remember } from './request-log.js';

export interface Listener {
  url: string;
  /** Cuts what is open and waits until the port is free. */
  close(): Promise<void>;
}

/** Answers to `/_simulator/...`; undefined for any other request. Neither counted nor subject to faults. */
export type Aside = (asked: Asked) => Answer | undefined;

/** Puts a host on a port of the loopback address, counts what arrives, and plays the faults. */
export async function listen(host: Host, port: number, state: State, aside?: Aside): Promise<Listener> {
  const closing = new AbortController();
  const server = createServer((request, response) => {
    serve(host, state, aside, request, response, closing.signal).catch((error: unknown) => {
      if (!closing.signal.aborted && !request.destroyed) console.error(error);
      response.destroy();
    });
  });
  // Longer than any client keeps a connection, so that none is closed under a request.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  host: Host,
  state: State,
  aside: Aside | undefined,
  request: IncomingMessage,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  const asked = await read(request);
  const byTheWay = aside?.(asked);
  if (byTheWay !== undefined) return send(response, byTheWay);
  const settle = admit(host, state, asked, request, response);
  const fault = takeFault(state.switches, host.name);
  const wait = latencyOf(fault);
  if (wait > 0) await delay(wait, undefined, { signal: closing });
  if (fault.kind === 'none' || fault.kind === 'latency') {
    const answer = host.answer(asked);
    settle(answer.status);
    return send(response, answer);
  }
  host.faulted?.(asked);
  settle(statusOf(fault));
  return playFault(fault, host, asked, response);
}

async function read(request: IncomingMessage): Promise<Asked> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return {
    method: request.method ?? 'GET',
    url: new URL(`http://simulator${request.url ?? '/'}`),
    headers: request.headers,
    cookies: readCookieHeader(request.headers.cookie),
    body: Buffer.concat(pieces).toString(),
  };
}

/** Records and counts a request; the function returned is told the status, before any byte is sent. */
function admit(
  host: Host,
  { counters, requests, now }: State,
  asked: Asked,
  request: IncomingMessage,
  response: ServerResponse,
): (status: number) => void {
  const { name } = host;
  const record = { method: asked.method, host: name, url: request.url ?? '/', headers: asked.headers };
  const remembered = { ...record, status: 0, at: now() };
  remember(requests, remembered);
  counters.requests[name]++;
  counters.inFlight[name]++;
  counters.maxInFlight[name] = Math.max(counters.maxInFlight[name], counters.inFlight[name]);
  response.once('close', () => counters.inFlight[name]--);
  host.arrived(asked);
  return (status) => {
    remembered.status = status;
    countUp(counters.statuses[name], status);
  };
}

function latencyOf({ kind, latencyMs }: Fault): number {
  return latencyMs ?? (kind === 'latency' ? 250 : 0);
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  const length = status === 304 ? {} : { 'Content-Length': body.length };
  response.writeHead(status, { ...headers, ...length }).end(body);
}
