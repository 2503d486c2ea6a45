/** An HTTP/1.1 request as a value. Pure. */
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

/** The bytes of a request, unchecked: each Latin-1 character becomes a byte. Adds Host and Content-Length if missing. */
export function bytesOf({ method, target, headers, body }: HttpRequest, host = 'gateway.example'): Buffer {
  const has = (wanted: string) => headers.some(([name]) => name.toLowerCase() === wanted);
  const all = [
    ...(has('host') ? [] : [['Host', host]]),
    ...headers,
    ...(body === undefined || has('content-length') ? [] : [['Content-Length', String(body.length)]]),
  ];
  const head = all.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`${method} ${target} HTTP/1.1\r\n${head}\r\n${body ?? ''}`, 'latin1');
}
