import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { readCookieHeader } from '../cookies/cookie-header.js';
import type { State } from '../state.js';
import { takeFault, type Fault } from '../switches.js';
import { countUp } from './counters.js';
import { playFault, statusOf } from './faults.js';
import type { Host, HostRequest, HostResponse } from './host.js';
import { record } from './request-log.js';

export interface Listener {
  url: string;
  /** Cuts open connections and waits until the port is free. */
  close(): Promise<void>;
}

/** Answers requests to `/_simulator/`, which are not counted and not subject to faults; undefined for other requests. */
export type Control = (request: HostRequest) => HostResponse | undefined;

/** Serves the hosts of one port of the loopback address, counts their requests and plays the faults. */
export async function listen(
  hostFor: (request: HostRequest) => Host,
  port: number,
  state: State,
  control?: Control,
): Promise<Listener> {
  const closing = new AbortController();
  const server = createServer((incoming, outgoing) => {
    serve(hostFor, state, control, incoming, outgoing, closing.signal).catch((error: unknown) => {
      if (!closing.signal.aborted && !incoming.destroyed) console.error(error);
      outgoing.destroy();
    });
  });
  // Longer than clients keep idle connections, so that the server closes none of them under a request.
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
  hostFor: (request: HostRequest) => Host,
  state: State,
  control: Control | undefined,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  closing: AbortSignal,
): Promise<void> {
  const request = await read(incoming);
  const controlResponse = control?.(request);
  if (controlResponse !== undefined) return send(outgoing, controlResponse);
  const host = hostFor(request);
  const setStatus = count(host, state, request, incoming, outgoing);
  const fault = takeFault(state.switches, host.name);
  const latencyMs = latencyOf(fault);
  if (latencyMs > 0) await sleep(latencyMs, undefined, { signal: closing });
  if (fault.kind === 'none' || fault.kind === 'latency') {
    const response = host.respond(request);
    setStatus(response.status);
    return send(outgoing, response);
  }
  host.onFault?.(request);
  setStatus(statusOf(fault));
  return playFault(fault, host, request, outgoing);
}

async function read(incoming: IncomingMessage): Promise<HostRequest> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  return {
    method: incoming.method ?? 'GET',
    url: new URL(`http://simulator${incoming.url ?? '/'}`),
    headers: incoming.headers,
    cookies: readCookieHeader(incoming.headers.cookie),
    body: Buffer.concat(pieces).toString(),
  };
}

/** Records and counts a request; the returned function sets its status, before any byte is sent. */
function count(
  host: Host,
  { counters, requests, now }: State,
  request: HostRequest,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): (status: number) => void {
  const { name } = host;
  const { method, headers } = request;
  const entry = { method, host: name, url: incoming.url ?? '/', headers, status: 0, at: now() };
  record(requests, entry);
  counters.requests[name]++;
  counters.inFlight[name]++;
  counters.maxInFlight[name] = Math.max(counters.maxInFlight[name], counters.inFlight[name]);
  outgoing.once('close', () => counters.inFlight[name]--);
  host.onRequest(request);
  return (status) => {
    entry.status = status;
    countUp(counters.statuses[name], status);
  };
}

function latencyOf({ kind, latencyMs }: Fault): number {
  return latencyMs ?? (kind === 'latency' ? 250 : 0);
}

function send(outgoing: ServerResponse, { status, headers, body }: HostResponse): void {
  const length = status === 304 ? {} : { 'Content-Length': body.length };
  outgoing.writeHead(status, { ...headers, ...length }).end(body);
}
