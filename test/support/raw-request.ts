/** A GET request with a target and headers that an HTTP client would refuse to send. */
import { bytesOf, GET } from './http/http-request.js';
import { readResponse } from './http/http-response.js';
import { sendBytes } from './http/send-bytes.js';

export interface RawAnswer {
  readonly status: number;
  /** Status line and headers as received. */
  readonly head: string;
  /** As Latin-1. */
  readonly body: string;
}

const TIMEOUT_MS = 10_000;

/** Throws when there is no complete, well-formed response, or more than one. */
export async function rawRequest(
  url: string,
  target: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  const { host } = new URL(url);
  const request = GET(target, Object.entries({ Host: host, Connection: 'close', ...headers }));
  const { bytes, end } = await sendBytes(new URL(url), bytesOf(request), AbortSignal.timeout(TIMEOUT_MS));
  const result = bytes.length > 0 ? readResponse(bytes, 'GET') : undefined;
  if (result?.length !== bytes.length)
    throw new Error(`GET ${target}: ${bytes.length} bytes (${end}) are not one response`);
  const { status, head, body } = result.response;
  return { status, head, body: body.toString('latin1') };
}
