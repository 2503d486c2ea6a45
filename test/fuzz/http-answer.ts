/** A reader of HTTP answers that forgives nothing (RFC 9112). Pure. */

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case, in the order in which they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Without the framing of chunks. */
  readonly body: Buffer;
  /** Status line and headers as they came. */
  readonly head: string;
}

export interface Reading {
  readonly answer: HttpAnswer;
  /** How many bytes it took. */
  readonly length: number;
}

export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';

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
/** Of these there is one at most. */
const SINGLE = [
  'content-length',
  'content-type',
  'transfer-encoding',
  'cache-control',
  'etag',
  'date',
  'allow',
];
const LONGEST_HEAD = 16_384;

/**
 * The first answer in `bytes`, or undefined while it is not whole; interim ones (1xx) count as answers here. `method` is
 * that of the request. Throws a {@link MalformedAnswer} for what is no answer.
 */
export function readAnswer(bytes: Buffer, method: string): Reading | undefined {
  if (!'HTTP/1.1 '.startsWith(bytes.toString('latin1', 0, 9)))
    throw new MalformedAnswer('an answer does not begin like one', bytes);
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) {
    if (bytes.length > LONGEST_HEAD) throw new MalformedAnswer('the head of an answer has no end', bytes);
    return undefined;
  }
  const head = bytes.toString('latin1', 0, end);
  const [statusLine, ...lines] = head.split('\r\n');
  const status = Number(STATUS_LINE.exec(statusLine!)?.[1]);
  if (!status) throw new MalformedAnswer('a status line is malformed', statusLine!);
  const headers = lines.map((line) => {
    const [, name, value] = HEADER_LINE.exec(line) ?? [];
    if (name === undefined) throw new MalformedAnswer('a header line is malformed', line);
    return [name.toLowerCase(), value ?? ''] as const;
  });
  for (const single of SINGLE)
    if (headers.filter(([name]) => name === single).length > 1)
      throw new MalformedAnswer('a header comes twice that comes once at most', head);
  const framed = readBody(bytes, end + 4, { status, method, headers });
  return framed && { answer: { status, headers, head, body: framed.body }, length: framed.end };
}

export function header({ headers }: Pick<HttpAnswer, 'headers'>, wanted: string): string | undefined {
  return headers.find(([name]) => name === wanted)?.[1];
}

interface Framing extends Pick<HttpAnswer, 'status' | 'headers'> {
  readonly method: string;
}

/** RFC 9112, 6.3, but for a body that ends with its connection: nothing here needs that. */
function readBody(
  bytes: Buffer,
  start: number,
  { status, method, headers }: Framing,
): { readonly body: Buffer; readonly end: number } | undefined {
  const length = header({ headers }, 'content-length');
  const coding = header({ headers }, 'transfer-encoding');
  if (length !== undefined && coding !== undefined)
    throw new MalformedAnswer('there are both Content-Length and Transfer-Encoding', `${length}, ${coding}`);
  if (length !== undefined && !/^\d{1,9}$/.test(length))
    throw new MalformedAnswer('a Content-Length is malformed', length);
  const none = { body: Buffer.alloc(0), end: start };
  if (status < 200 || status === 204) {
    // "0" is against the standard (RFC 9110, 8.6), and on purpose: there are browsers that wait for a body without it.
    if (coding !== undefined || (length ?? '0') !== '0')
      throw new MalformedAnswer('an answer that has no body announces one', String(status));
    return none;
  }
  if (status === 304 || method === 'HEAD') return none;
  if (coding !== undefined) return readChunks(bytes, start, coding);
  if (length === undefined) throw new MalformedAnswer('nothing says where the body ends', String(status));
  const end = start + Number(length);
  return bytes.length < end ? undefined : { body: bytes.subarray(start, end), end };
}

function readChunks(bytes: Buffer, start: number, coding: string): { body: Buffer; end: number } | undefined {
  if (coding !== 'chunked') throw new MalformedAnswer('the Transfer-Encoding is not chunked', coding);
  const chunks: Buffer[] = [];
  for (let at = start; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const line = bytes.toString('latin1', at, lineEnd);
    if (!/^[0-9a-fA-F]{1,8}$/.test(line)) throw new MalformedAnswer('the size of a chunk is malformed', line);
    const from = lineEnd + 2;
    const to = from + Number.parseInt(line, 16);
    if (bytes.length < to + 2) return undefined;
    if (bytes.toString('latin1', to, to + 2) !== '\r\n')
      throw new MalformedAnswer('a chunk is longer than it says', line);
    if (to === from) return { body: Buffer.concat(chunks), end: to + 2 };
    chunks.push(bytes.subarray(from, to));
    at = to + 2;
  }
}

/** The beginning of what came or went, for a report. */
export function shown(bytes: string | Buffer, most = 400): string {
  const text = typeof bytes === 'string' ? bytes : bytes.toString('latin1');
  const start = JSON.stringify(text.slice(0, most));
  return text.length > most ? `${start}... (${text.length} bytes)` : start;
}
