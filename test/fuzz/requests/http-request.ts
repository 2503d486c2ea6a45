/** A request as a value, and its bytes; what is in it is nobody's business here. Pure. */
import { OPEN_KEY } from '../credentials.js';
import type { Random } from '../random.js';

export interface HttpRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
}

export const GET = (target: string, headers: HttpRequest['headers'] = []): HttpRequest => ({
  method: 'GET',
  target,
  headers,
});

/** A Latin-1 character becomes a byte; Host and Content-Length are added where they are missing. */
export function bytesOf({ method, target, headers, body }: HttpRequest): Buffer {
  const has = (wanted: string) => headers.some(([name]) => name.toLowerCase() === wanted);
  const all = [
    ...(has('host') ? [] : [['Host', 'gateway.example']]),
    ...headers,
    ...(body === undefined || has('content-length') ? [] : [['Content-Length', String(body.length)]]),
  ];
  const head = all.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`${method} ${target} HTTP/1.1\r\n${head}\r\n${body ?? ''}`, 'latin1');
}

/** The request with a key that is good, in one of the forms in which a key may come. */
export function withKey(random: Random, request: HttpRequest, key = OPEN_KEY): HttpRequest {
  const { target, headers } = request;
  const header = (name: string, value: string) => ({
    ...request,
    headers: [...headers, [name, value] as const],
  });
  switch (random.int(6)) {
    case 0:
      return { ...request, target: `${target}${target.includes('?') ? '&' : '?'}key=${key}` };
    case 1:
      return { ...request, target: `${target}${target.includes('?') ? '&' : '?'}KEY=${key}` };
    case 2:
      return header('X-API-Key', key);
    case 3:
      return header('Authorization', `Bearer ${key}`);
    case 4:
      return header('authorization', `Basic ${Buffer.from(`user:${key}`).toString('base64')}`);
    default:
      return { ...request, target: `/k/${key}${target}` };
  }
}

/** Whether an HTTP parser that is as strict as the standard takes the request; what it does not, ends the connection. */
export function isWellFormed({ target, headers }: HttpRequest): boolean {
  const size = headers.reduce((sum, [name, value]) => sum + name.length + value.length, target.length);
  return (
    size < 12_000 &&
    /^(?:\/|\*|https?:\/\/[\w.:-]+\/)[\x21-\x7e]*$/.test(target) &&
    headers.every(([, value]) => /^[\t\x20-\x7e\x80-\xff]*$/.test(value))
  );
}
