/** A web server that knows nothing of the gateway: pages with a map, at every host name that leads to it. */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WebSite {
  readonly port: number;
  /** What was asked for, in order. */
  readonly requests: { readonly url: string; readonly headers: IncomingHttpHeaders }[];
  close(): Promise<void>;
}

const FILES = {
  '/page-functions.js': {
    'content-type': 'text/javascript',
    body: await readFile(new URL('page-functions.js', import.meta.url)),
  },
  '/style.css': { 'content-type': 'text/css', body: 'body { margin: 0 }' },
} as const;

/** Pages that are told more than others. */
const HEADERS: Readonly<Record<string, OutgoingHttpHeaders>> = {
  '/isolated': {
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  },
  '/silent': { 'referrer-policy': 'no-referrer' },
  '/as-public': { 'content-security-policy': 'treat-as-public-address' },
};

const PAGE = '<!doctype html><title>A map</title><script src="/page-functions.js"></script>';

export async function startWebSite(): Promise<WebSite> {
  const requests: WebSite['requests'] = [];
  const server = createServer(({ url = '/', headers }, response) => {
    requests.push({ url, headers });
    const { body, ...more } = FILES[url as keyof typeof FILES] ?? { 'content-type': 'text/html', body: PAGE };
    response.writeHead(200, { 'cache-control': 'no-store', ...more, ...HEADERS[url] }).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
