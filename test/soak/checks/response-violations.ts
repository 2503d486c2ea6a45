/** What is wrong with the answer to an errand, by what is expected and by what a fault may do to it. Pure. */
import { gunzipSync } from 'node:zlib';
import type { SoakDocument } from '../clients/documents.js';
import type { Errand, Expected } from '../soak-request.js';
import { errorProblems } from './error-body.js';
import type { Answer } from '../clients/exchange.js';
import type { Key } from '../clients/keys.js';
import { readMetrics } from './metrics-text.js';
import { pngProblem } from './png.js';
import type { Tile } from '../clients/tiles.js';
import { json } from './well-formed.js';

export interface Circumstances {
  /** Statuses with which the answer may fail just now. */
  readonly excused: readonly number[];
  /** Whether `/health` may be other than ok. */
  readonly degraded: boolean;
  /** Whether the process has been told to stop. */
  readonly draining: 'no' | 'perhaps' | 'yes';
  /** The validator that the same thing had before. */
  readonly etag: string | undefined;
}

/** A transparent tile is a few hundred bytes; a picture with heat is some thousands. */
const TRANSPARENT_BYTES = 2048;

export function problemsOf(errand: Errand, answer: Answer, circumstances: Circumstances): string[] {
  const { expected, method } = errand;
  if (expected.kind === 'status') {
    const { statuses, reports } = expected;
    if (!statuses.includes(answer.status)) return [`${answer.status} instead of ${statuses.join(' or ')}`];
    return answer.status < 400 ? [] : errorProblems(answer, { method, reports });
  }
  if (expected.kind === 'readyz') return readyProblems(answer, circumstances.draining);
  if (answer.status >= 400) return failureProblems(errand, answer, circumstances.excused);
  if (method === 'OPTIONS') return optionsProblems(answer);
  const condition = errand.headers['if-none-match'];
  if (answer.status === 304) return notModifiedProblems(answer, condition);
  if (answer.status !== 200) return [`the status ${answer.status}`];
  return [
    ...validatorProblems(answer, condition, circumstances.etag),
    ...contentProblems(expected, method, answer, circumstances),
  ];
}

/** The body as a text, unzipped; empty for pictures. */
export function textOf({ headers, body }: Answer): string {
  if (headers['content-type'] === 'image/png' || body.length === 0) return '';
  return (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
}

function failureProblems({ expected, method }: Errand, answer: Answer, excused: readonly number[]): string[] {
  const reports = expected.kind === 'tile' && expected.reports;
  const problems = errorProblems(answer, { method, reports });
  if (expected.kind !== 'livez' && excused.includes(answer.status)) return problems;
  return [`${answer.status} ${detailOf(answer)}`.trim(), ...problems];
}

/** The sentence with which a request was turned down. */
function detailOf(answer: Answer): string {
  const text = textOf(answer);
  const [, report, problem] = /<ows:ExceptionText>([^<]*)|"detail":"([^"]*)"/.exec(text) ?? [];
  return report ?? problem ?? text.slice(0, 100);
}

function readyProblems(answer: Answer, draining: Circumstances['draining']): string[] {
  const { status, headers, body } = answer;
  const problems = headers['cache-control'] === 'no-store' ? [] : ['a probe that may be cached'];
  if (json(body.toString()) === undefined) problems.push('a body that is no JSON');
  if (status === 503 ? draining === 'no' : status !== 200 || draining === 'yes')
    problems.push(`${status}, draining: ${draining}`);
  return problems;
}

function optionsProblems({ status, headers, body }: Answer): string[] {
  return status === 204 && headers.allow === 'GET, HEAD, OPTIONS' && body.length === 0
    ? []
    : [`${status} with "Allow: ${headers.allow}" and ${body.length} bytes for OPTIONS`];
}

function notModifiedProblems({ headers, body }: Answer, condition: string | undefined): string[] {
  if (condition === undefined) return ['304 without a condition'];
  if (headers.etag !== condition) return [`304 with the ETag ${headers.etag} for ${condition}`];
  return body.length === 0 ? [] : ['304 with a body'];
}

function validatorProblems(
  { headers }: Answer,
  condition: string | undefined,
  before: string | undefined,
): string[] {
  if (before !== undefined && headers.etag !== before)
    return [`the ETag ${headers.etag} for what had ${before}`];
  return condition !== undefined && headers.etag === condition ? ['200 for what has not changed'] : [];
}

function contentProblems(
  expected: Exclude<Expected, { kind: 'status' }>,
  method: string,
  answer: Answer,
  { degraded }: Circumstances,
): string[] {
  switch (expected.kind) {
    case 'tile':
      return tileProblems(expected.tile, method, answer);
    case 'document':
      return documentProblems(expected.document, expected.repeated, method, answer);
    case 'health': {
      const health = json(answer.body.toString()) as { status?: string; reason?: string } | undefined;
      const well = health?.status === 'ok' || (degraded && health?.status === 'degraded');
      return well ? [] : [`/health says ${health?.status}: ${health?.reason}`];
    }
    case 'livez':
      return answer.body.toString() === '{"status":"ok"}' ? [] : ['/livez says something else'];
    case 'metrics':
      return metricsProblems(answer);
    case 'readyz':
      return [];
  }
}

function tileProblems({ address, picture }: Tile, method: string, { headers, body }: Answer): string[] {
  const problems: string[] = [];
  if (headers['content-type'] !== 'image/png') problems.push(`a tile of the type ${headers['content-type']}`);
  if (!/^private, max-age=\d+$/.test(headers['cache-control'] ?? ''))
    problems.push(`a tile with the Cache-Control ${headers['cache-control']}`);
  if (headers.etag === undefined) problems.push('a tile without an ETag');
  const length = Number(headers['content-length']);
  if (method === 'HEAD') {
    if (picture && length !== picture.length) problems.push(`${length} bytes instead of ${picture.length}`);
    return problems;
  }
  const problem = pngProblem(body, address.size);
  if (problem !== undefined) problems.push(`a tile that ${problem}`);
  else if (picture ? !body.equals(picture) : body.length > TRANSPARENT_BYTES)
    problems.push('the picture of another tile');
  if (length !== body.length) problems.push(`a tile with the Content-Length ${length}`);
  return problems;
}

function documentProblems(
  document: SoakDocument,
  repeated: Key | undefined,
  method: string,
  answer: Answer,
): string[] {
  const type = answer.headers['content-type'];
  if (type !== document.contentType) return [`a document of the type ${type}`];
  if (method === 'HEAD') return [];
  const text = textOf(answer);
  const problem = document.problem(text);
  if (problem !== undefined) return [`a document that ${problem}`];
  return repeated && !text.includes(repeated.value) ? ['a document without the key'] : [];
}

function metricsProblems(answer: Answer): string[] {
  try {
    readMetrics(answer.body.toString());
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}
