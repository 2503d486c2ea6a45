// HTTP client and helpers for the specs of the simulator.
import { request, type IncomingHttpHeaders } from 'node:http';
import { createRequire } from 'node:module';

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface Sending {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Sends one request on a new connection, without following redirects; rejects when the connection breaks. */
export function send(url: string, { method = 'GET', headers = {}, body }: Sending = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, agent: false }, (incoming) => {
      const pieces: Buffer[] = [];
      incoming.on('data', (piece: Buffer) => pieces.push(piece));
      incoming.once('error', reject);
      incoming.once('end', () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(pieces) }),
      );
    });
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

/** A `Cookie` header. */
export function cookieHeader(cookies: Record<string, string>): { Cookie: string } {
  const pairs = Object.entries(cookies).map(([name, value]) => `${name}=${value}`);
  return { Cookie: pairs.join('; ') };
}

/** The cookies after all `Set-Cookie` lines; each line replaces earlier ones of the same name. */
export function keptCookies(lines: string[] | undefined): Record<string, string> {
  const pairs = (lines ?? []).map((line) => /^([^=]+)=([^;]*)/.exec(line) ?? []);
  return Object.fromEntries(pairs.map(([, name, value]) => [name, value]));
}

interface Decoded {
  width: number;
  height: number;
  /** Red, green, blue and alpha of each pixel. */
  data: Buffer;
}

/** Decodes with a library that is independent of the encoder. */
export function decodePng(png: Buffer): Decoded {
  const { PNG } = createRequire(import.meta.url)('pngjs') as {
    PNG: { sync: { read(png: Buffer): Decoded } };
  };
  return PNG.sync.read(png);
}
