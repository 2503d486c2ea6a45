/** What is wrong with the response to a request, given the faults at that time. Pure. */
import { gunzipSync } from 'node:zlib';
import { errorViolations } from '../../support/http/error-response.js';
import { json } from '../../support/http/well-formed.js';
import { MetricsPage } from '../../support/run/metrics-page.js';
import type { SoakDocument } from '../clients/documents.js';
import type { ReceivedResponse } from '../clients/exchange.js';
import type { Key } from '../clients/keys.js';
import type { Tile } from '../clients/tiles.js';
import type { Expected, SoakRequest } from '../soak-request.js';
import { pngProblem } from './png.js';

export interface Circumstances {
  /** Statuses with which the request may fail. */
  readonly excused: readonly number[];
  /** Whether `/health` may be degraded. */
  readonly degraded: boolean;
  /** Whether a tile with heat may be transparent. */
  readonly blank: boolean;
  /** Whether the process has handled SIGTERM. */
  readonly draining: 'no' | 'perhaps' | 'yes';
  /** The ETag of an earlier response to the same request. */
  readonly etag: string | undefined;
}

/** A transparent tile has a few hundred bytes, a tile with heat some thousands. */
const TRANSPARENT_BYTES = 2048;

export function responseViolations(
  request: SoakRequest,
  response: ReceivedResponse,
  circumstances: Circumstances,
): string[] {
  const { expected, method } = request;
  const { status } = response;
  if (expected.kind === 'status') {
    const { statuses, reports } = expected;
    if (!statuses.includes(status)) return [`${status} instead of ${statuses.join(' or ')}`];
    return status < 400 ? [] : formatViolations(response, method, reports);
  }
  if (expected.kind === 'readyz') return readyViolations(response, circumstances.draining);
  if (status >= 400) return failureViolations(request, response, circumstances.excused);
  if (method === 'OPTIONS') return optionsViolations(response);
  const condition = request.headers['if-none-match'];
  if (status === 304) return notModifiedViolations(response, condition);
  if (status !== 200) return [`the status ${status}`];
  return [
    ...etagViolations(response, condition, circumstances.etag),
    ...contentViolations(expected, method, response, circumstances),
  ];
}

/** The body as text, decompressed; empty for images. */
export function textOf({ headers, body }: ReceivedResponse): string {
  if (headers['content-type'] === 'image/png' || body.length === 0) return '';
  return (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
}

function formatViolations(response: ReceivedResponse, method: string, reports: boolean): string[] {
  const { status, headers, body } = response;
  return errorViolations(
    {
      status,
      contentType: headers['content-type'],
      cacheControl: headers['cache-control'],
      text: method === 'HEAD' ? undefined : body.toString(),
    },
    reports ? 'report' : 'problem',
  );
}

function failureViolations(
  { expected, method }: SoakRequest,
  response: ReceivedResponse,
  excused: readonly number[],
): string[] {
  const reports = expected.kind === 'tile' && expected.reports;
  const violations = formatViolations(response, method, reports);
  if (expected.kind !== 'livez' && excused.includes(response.status)) return violations;
  return [`${response.status} ${detailOf(response)}`.trim(), ...violations];
}

/** The detail of a problem or the text of an exception report. */
function detailOf(response: ReceivedResponse): string {
  const text = textOf(response);
  const [, report, problem] = /<ows:ExceptionText>([^<]*)|"detail":"([^"]*)"/.exec(text) ?? [];
  return report ?? problem ?? text.slice(0, 100);
}

function readyViolations(response: ReceivedResponse, draining: Circumstances['draining']): string[] {
  const { status, headers, body } = response;
  const violations = headers['cache-control'] === 'no-store' ? [] : ['a health check that may be cached'];
  if (json(body.toString()) === undefined) violations.push('a health check whose body is not JSON');
  if (status === 503 ? draining === 'no' : status !== 200 || draining === 'yes')
    violations.push(`${status}, draining: ${draining}`);
  return violations;
}

function optionsViolations({ status, headers, body }: ReceivedResponse): string[] {
  return status === 204 && headers.allow === 'GET, HEAD, OPTIONS' && body.length === 0
    ? []
    : [`${status} with "Allow: ${headers.allow}" and ${body.length} bytes for OPTIONS`];
}

function notModifiedViolations({ headers, body }: ReceivedResponse, condition: string | undefined): string[] {
  if (condition === undefined) return ['304 for a request without a condition'];
  if (headers.etag !== condition) return [`304 with the ETag ${headers.etag} for ${condition}`];
  return body.length === 0 ? [] : ['304 with a body'];
}

function etagViolations(
  { headers }: ReceivedResponse,
  condition: string | undefined,
  earlier: string | undefined,
): string[] {
  if (earlier !== undefined && headers.etag !== earlier)
    return [`the ETag ${headers.etag} for content that had ${earlier}`];
  return condition !== undefined && headers.etag === condition ? ['200 for unchanged content'] : [];
}

function contentViolations(
  expected: Exclude<Expected, { kind: 'status' }>,
  method: string,
  response: ReceivedResponse,
  { degraded, blank }: Circumstances,
): string[] {
  switch (expected.kind) {
    case 'tile':
      return tileViolations(expected.tile, method, response, blank);
    case 'document':
      return documentViolations(expected.document, expected.repeated, method, response);
    case 'health': {
      const health = json(response.body.toString()) as { status?: string; reason?: string } | undefined;
      const accepted = health?.status === 'ok' || (degraded && health?.status === 'degraded');
      return accepted ? [] : [`/health has the status ${health?.status}: ${health?.reason}`];
    }
    case 'livez':
      return response.body.toString() === '{"status":"ok"}' ? [] : ['/livez has another body'];
    case 'metrics':
      return metricsViolations(response);
    case 'readyz':
      return [];
  }
}

function tileViolations(
  { address, picture }: Tile,
  method: string,
  { headers, body }: ReceivedResponse,
  blank: boolean,
): string[] {
  const violations: string[] = [];
  if (headers['content-type'] !== 'image/png')
    violations.push(`a tile with the Content-Type ${headers['content-type']}`);
  if (!/^private, max-age=\d+$/.test(headers['cache-control'] ?? ''))
    violations.push(`a tile with the Cache-Control ${headers['cache-control']}`);
  if (headers.etag === undefined) violations.push('a tile without an ETag');
  const length = Number(headers['content-length']);
  if (method === 'HEAD') {
    if (picture && length !== picture.length && !(blank && length <= TRANSPARENT_BYTES))
      violations.push(`${length} bytes instead of ${picture.length}`);
    return violations;
  }
  const problem = pngProblem(body, address.size);
  if (problem !== undefined) violations.push(`a tile that ${problem}`);
  else if (!showsTile(body, picture, blank)) violations.push('the image of another tile');
  if (length !== body.length) violations.push(`a tile with the Content-Length ${length}`);
  return violations;
}

function showsTile(body: Buffer, picture: Buffer | undefined, blank: boolean): boolean {
  return picture?.equals(body) || ((picture === undefined || blank) && body.length <= TRANSPARENT_BYTES);
}

function documentViolations(
  document: SoakDocument,
  repeated: Key | undefined,
  method: string,
  response: ReceivedResponse,
): string[] {
  const type = response.headers['content-type'];
  if (type !== document.contentType) return [`a document with the Content-Type ${type}`];
  if (method === 'HEAD') return [];
  const text = textOf(response);
  const problem = document.problem(text);
  if (problem !== undefined) return [`a document that ${problem}`];
  return repeated && !text.includes(repeated.value) ? ['a document without the key'] : [];
}

function metricsViolations(response: ReceivedResponse): string[] {
  try {
    return new MetricsPage(response.body.toString()).size > 0 ? [] : ['/metrics is empty'];
  } catch (error) {
    return [(error as Error).message];
  }
}
