// Plays a fault on a response. Each function is one way of going wrong on the wire.
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { loginPage } from '../hosts/pages.js';
import type { Fault } from '../switches.js';
import type { Asked, Entity, Host } from './exchange.js';

const OVERSIZE_BYTES = 32 * 1024 * 1024;

/** The status that the client will see; 0 when it sees none. */
export function statusOf(fault: Fault): number {
  switch (fault.kind) {
    case 'status':
      return fault.status ?? 503;
    case 'reset':
    case 'stall':
      return 0;
    default:
      return 200;
  }
}

/** Misbehaves as `fault` says; `none` and `latency` are not its business. */
export function playFault(fault: Fault, host: Host, asked: Asked, response: ServerResponse): void {
  switch (fault.kind) {
    case 'none':
    case 'latency':
    case 'stall':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'status':
      return sendStatus(response, statusOf(fault), fault.retryAfterSeconds);
    case 'html':
      return sendWhole(response, { type: 'text/html; charset=utf-8', body: Buffer.from(loginPage('none')) });
    case 'empty-body':
      return sendWhole(response, { ...host.intact(asked), body: Buffer.alloc(0) });
    case 'wrong-type':
      return sendWhole(response, { ...host.intact(asked), type: 'text/plain' });
    case 'wrong-size':
      return sendWhole(response, host.missized(asked));
    case 'truncated':
      return sendWhole(response, half(host.intact(asked)));
    case 'stall-body':
      return sendHalfThenNothing(response, host.intact(asked));
    case 'truncated-chunked':
      return sendHalfThenHangUp(response, host.intact(asked));
    case 'oversize':
      return sendEndless(response, host.intact(asked));
  }
}

function half({ type, body }: Entity): Entity {
  return { type, body: body.subarray(0, body.length >> 1) };
}

function sendStatus(response: ServerResponse, status: number, retryAfterSeconds: number | undefined): void {
  const text = `Status ${status}\n`;
  const retryAfter = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
  response.writeHead(status, { 'Content-Type': 'text/plain', 'Content-Length': text.length, ...retryAfter });
  response.end(text);
}

function sendWhole(response: ServerResponse, { type, body }: Entity): void {
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length }).end(body);
}

/** The announced length is the whole one, so that the client waits for the rest. */
function sendHalfThenNothing(response: ServerResponse, whole: Entity): void {
  response.writeHead(200, { 'Content-Type': whole.type, 'Content-Length': whole.body.length });
  response.write(half(whole).body);
}

/** A chunked body without its last chunk. */
function sendHalfThenHangUp(response: ServerResponse, whole: Entity): void {
  response.writeHead(200, { 'Content-Type': whole.type, 'Transfer-Encoding': 'chunked' });
  response.write(half(whole).body, () => response.socket?.destroy());
}

/** Begins like the real thing and goes on for 32 MB, without announcing a length. */
function sendEndless(response: ServerResponse, { type, body }: Entity): void {
  function* blocks(): Generator<Buffer> {
    yield body;
    const block = Buffer.alloc(64 * 1024);
    for (let sent = body.length; sent < OVERSIZE_BYTES; sent += block.length) yield block;
  }
  response.writeHead(200, { 'Content-Type': type });
  // A client that hangs up in between does the right thing.
  pipeline(Readable.from(blocks(), { objectMode: false }), response).catch(() => {});
}
