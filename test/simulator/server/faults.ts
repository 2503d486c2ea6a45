// Damages a response. Each function plays one kind of fault.
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { loginPage } from '../hosts/pages.js';
import type { Fault } from '../switches.js';
import type { HostRequest, Content, Host } from './host.js';

const OVERSIZE_BYTES = 32 * 1024 * 1024;

/** The status that the client receives; 0 without a response. */
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

/** Plays `fault`; the listener handles `none` and `latency`. */
export function playFault(fault: Fault, host: Host, request: HostRequest, response: ServerResponse): void {
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
      return sendComplete(response, {
        type: 'text/html; charset=utf-8',
        body: Buffer.from(loginPage('none')),
      });
    case 'empty-body':
      return sendComplete(response, { ...host.intact(request), body: Buffer.alloc(0) });
    case 'wrong-type':
      return sendComplete(response, { ...host.intact(request), type: 'text/plain' });
    case 'wrong-size':
      return sendComplete(response, host.wrongSize(request));
    case 'truncated':
      return sendComplete(response, half(host.intact(request)));
    case 'stall-body':
      return sendHalfThenNothing(response, host.intact(request));
    case 'truncated-chunked':
      return sendHalfThenClose(response, host.intact(request));
    case 'oversize':
      return sendOversize(response, host.intact(request));
  }
}

function half({ type, body }: Content): Content {
  return { type, body: body.subarray(0, body.length >> 1) };
}

function sendStatus(response: ServerResponse, status: number, retryAfterSeconds: number | undefined): void {
  const text = `Status ${status}\n`;
  const retryAfter = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
  response.writeHead(status, { 'Content-Type': 'text/plain', 'Content-Length': text.length, ...retryAfter });
  response.end(text);
}

function sendComplete(response: ServerResponse, { type, body }: Content): void {
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length }).end(body);
}

/** Announces the full length, so that the client waits for the rest. */
function sendHalfThenNothing(response: ServerResponse, content: Content): void {
  response.writeHead(200, { 'Content-Type': content.type, 'Content-Length': content.body.length });
  response.write(half(content).body);
}

/** A chunked body without its last chunk. */
function sendHalfThenClose(response: ServerResponse, content: Content): void {
  response.writeHead(200, { 'Content-Type': content.type, 'Transfer-Encoding': 'chunked' });
  response.write(half(content).body, () => response.socket?.destroy());
}

/** Starts with the content and continues for 32 MB, without announcing a length. */
function sendOversize(response: ServerResponse, { type, body }: Content): void {
  function* blocks(): Generator<Buffer> {
    yield body;
    const block = Buffer.alloc(64 * 1024);
    for (let sent = body.length; sent < OVERSIZE_BYTES; sent += block.length) yield block;
  }
  response.writeHead(200, { 'Content-Type': type });
  // The client may close the connection before the end.
  pipeline(Readable.from(blocks(), { objectMode: false }), response).catch(() => {});
}
