/** A strict reader of HTTP/1.1 responses (RFC 9112). Pure. */

export interface HttpResponse {
  readonly status: number;
  /** In the order of arrival, names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Without chunk framing. */
  readonly body: Buffer;
  /** Status line and headers as received. */
  readonly head: string;
}

export interface ReadResult {
  readonly response: HttpResponse;
  /** Bytes that the response takes. */
  readonly length: number;
}

export class MalformedResponse extends Error {
  override readonly name = 'MalformedResponse';

  constructor(
    message: string,
    readonly found: string | Buffer,
  ) {
    super(message);
  }
}

const STATUS_LINE = /^HTTP\/1\.1 ([1-5]\d\d) [\t\x20-\x7e]*$/;
const HEADER_LINE =
  /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?[ \t]*$/;
/** Headers that may occur once at most. */
const SINGLE = [
  'content-length',
  'content-type',
  'transfer-encoding',
  'cache-control',
  'etag',
  'date',
  'allow',
];
const MAX_HEAD_BYTES = 16_384;

/**
 * The first response in `bytes`, interim responses (1xx) included; undefined while it is incomplete. `method` is that of
 * the request. Throws {@link MalformedResponse}.
 */
export function readResponse(bytes: Buffer, method: string): ReadResult | undefined {
  if (!'HTTP/1.1 '.startsWith(bytes.toString('latin1', 0, 9)))
    throw new MalformedResponse('a response does not start with HTTP/1.1', bytes);
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) {
    if (bytes.length > MAX_HEAD_BYTES)
      throw new MalformedResponse('the head of a response has no end', bytes);
    return undefined;
  }
  const head = bytes.toString('latin1', 0, end);
  const [statusLine, ...lines] = head.split('\r\n');
  const status = Number(STATUS_LINE.exec(statusLine!)?.[1]);
  if (!status) throw new MalformedResponse('a status line is malformed', statusLine!);
  const headers = lines.map((line) => {
    const [, name, value] = HEADER_LINE.exec(line) ?? [];
    if (name === undefined) throw new MalformedResponse('a header line is malformed', line);
    return [name.toLowerCase(), value ?? ''] as const;
  });
  for (const single of SINGLE)
    if (headers.filter(([name]) => name === single).length > 1)
      throw new MalformedResponse('a header that may occur once occurs twice', head);
  const framed = readBody(bytes, end + 4, { status, method, headers });
  return framed && { response: { status, headers, head, body: framed.body }, length: framed.end };
}

export function header({ headers }: Pick<HttpResponse, 'headers'>, wanted: string): string | undefined {
  return headers.find(([name]) => name === wanted)?.[1];
}

interface Framing extends Pick<HttpResponse, 'status' | 'headers'> {
  readonly method: string;
}

/** RFC 9112, 6.3, except for a body that ends with its connection: the gateway sends none. */
function readBody(
  bytes: Buffer,
  start: number,
  { status, method, headers }: Framing,
): { readonly body: Buffer; readonly end: number } | undefined {
  const length = header({ headers }, 'content-length');
  const coding = header({ headers }, 'transfer-encoding');
  if (length !== undefined && coding !== undefined)
    throw new MalformedResponse(
      'a response has Content-Length and Transfer-Encoding',
      `${length}, ${coding}`,
    );
  if (length !== undefined && !/^\d{1,9}$/.test(length))
    throw new MalformedResponse('a Content-Length is malformed', length);
  const none = { body: Buffer.alloc(0), end: start };
  if (status < 200 || status === 204) {
    // The gateway sends "0" although RFC 9110, 8.6 forbids it, because some browsers wait for a body without it.
    if (coding !== undefined || (length ?? '0') !== '0')
      throw new MalformedResponse('a response without a body announces one', String(status));
    return none;
  }
  if (status === 304 || method === 'HEAD') return none;
  if (coding !== undefined) return readChunks(bytes, start, coding);
  if (length === undefined) throw new MalformedResponse('a response has no body length', String(status));
  const end = start + Number(length);
  return bytes.length < end ? undefined : { body: bytes.subarray(start, end), end };
}

function readChunks(bytes: Buffer, start: number, coding: string): { body: Buffer; end: number } | undefined {
  if (coding !== 'chunked') throw new MalformedResponse('the Transfer-Encoding is not chunked', coding);
  const chunks: Buffer[] = [];
  for (let at = start; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const line = bytes.toString('latin1', at, lineEnd);
    if (!/^[0-9a-fA-F]{1,8}$/.test(line)) throw new MalformedResponse('a chunk size is malformed', line);
    const from = lineEnd + 2;
    const to = from + Number.parseInt(line, 16);
    if (bytes.length < to + 2) return undefined;
    if (bytes.toString('latin1', to, to + 2) !== '\r\n')
      throw new MalformedResponse('a chunk is longer than its size', line);
    if (to === from) return { body: Buffer.concat(chunks), end: to + 2 };
    chunks.push(bytes.subarray(from, to));
    at = to + 2;
  }
}
