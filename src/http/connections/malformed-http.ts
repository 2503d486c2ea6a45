/** Answers directly on the socket what has no route and no request object: bytes that are not HTTP, and excess pipelining. */
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { SECURITY_HEADERS } from '../listener/security-headers.js';

const PROBLEMS: Record<string, readonly [status: string, detail: string]> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    'The request URL or the headers are too long.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not arrive in time.'],
};

/** Time for the client to read the response before the connection is closed. */
const LINGER_MS = 1000;

export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  answer(
    socket,
    ...(PROBLEMS[error.code ?? ''] ?? ['400 Bad Request', 'This is not a well-formed HTTP request.']),
  );
}

export function answerPipelining(socket: Duplex): void {
  answer(
    socket,
    '429 Too Many Requests',
    'The connection has too many requests without a response; send the next one after a response.',
    'retry-after: 1',
  );
}

function answer(socket: Duplex, line: string, detail: string, ...headers: string[]): void {
  const [status, ...title] = line.split(' ');
  const body = JSON.stringify({
    type: 'about:blank',
    title: title.join(' '),
    status: Number(status),
    detail,
  });
  const head = [
    `HTTP/1.1 ${line}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    ...Object.entries(SECURITY_HEADERS).map(([name, value]) => `${name}: ${value}`),
    ...headers,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // Half-open connections are allowed: without the timer, a client that never closes its side would keep the socket open.
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/** `Expect` headers that the gateway cannot meet have no effect (RFC 9110, 10.1.1); Node would answer 417. */
export function ignoreExpectations(server: Server): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}
