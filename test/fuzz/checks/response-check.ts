/** Whether an answer is one that the gateway may give to a request. Pure. */
import { header, type HttpAnswer } from '../http-answer.js';
import { CORS_ORIGINS } from '../requests/odd-headers.js';
import type { Shot } from '../fuzz-case.js';

/** What must not be in any answer. */
export interface Secrets {
  /** Not in any answer at all: keys, cookies, paths of this machine. */
  readonly never: readonly string[];
  /** Not in an error, and elsewhere only for whom it came from. */
  readonly repeated: readonly string[];
}

/** Lines of a stack, and what else only an error of JavaScript says. */
const STACK = /\bat .{0,200}:\d+:\d+|node:internal|node_modules|\b(?:Type|Range|Syntax|Reference)?Error: /;
const EXTENSION_ORIGIN = /^(?:chrome|moz|safari-web)-extension:\/\/[A-Za-z0-9-]+$/;
const READING = ['GET', 'HEAD', 'OPTIONS'];

/** The sentences that say what is wrong; none when all is well. */
export function faultsOf(answer: HttpAnswer, shot: Shot, secrets: Secrets): string[] {
  return [
    ...faultsOfStatus(answer, shot),
    ...(answer.status >= 400 ? faultsOfError(answer, shot.method) : []),
    ...faultsOfHeaders(answer),
    ...leaks(answer, shot, secrets),
  ];
}

/** A 503 that sheds load. The upstream is in good health, so nothing else here has a reason to say 503 with `Retry-After`. */
export function isShedding(answer: HttpAnswer): boolean {
  return answer.status === 503 && header(answer, 'retry-after') !== undefined;
}

function faultsOfStatus(answer: HttpAnswer, shot: Shot): string[] {
  const { status } = answer;
  if (isShedding(answer)) return [];
  if (status === 501 && shot.kind === 'GetFeatureInfo')
    return answer.body.includes('exceptionCode="OperationNotSupported"')
      ? []
      : ['the 501 is none of the standard'];
  if (status >= 500) return [`the gateway failed with ${status}`];
  if (status === 429 && !shot.limited) return ['the answer is 429, although no limit applies here'];
  if (status === 429 && !Number(header(answer, 'retry-after'))) return ['a 429 lacks Retry-After'];
  if (header(answer, 'content-type') === 'image/png') return ['a tile was served'];
  if (status < 300 && !READING.includes(shot.method)) return [`${shot.method} was answered with ${status}`];
  if (shot.due === 'refused' && status < 400) return [`it is to be refused and was answered with ${status}`];
  if (shot.due === 'served' && status >= 300)
    return [`it is in order and was answered with ${status}, perhaps by the answer to what came behind it`];
  return [];
}

/** RFC 9457, or an OWS exception report (06-121r9, 8); never kept by a cache. */
function faultsOfError(answer: HttpAnswer, method: string): string[] {
  const faults: string[] = [];
  const cacheControl = header(answer, 'cache-control');
  if (cacheControl !== 'no-store') faults.push(`an error has Cache-Control ${JSON.stringify(cacheControl)}`);
  const type = header(answer, 'content-type');
  const text = answer.body.toString();
  if (type === 'application/problem+json') {
    if (method !== 'HEAD' && !isProblem(text, answer.status))
      faults.push('the body is no problem of RFC 9457');
  } else if (type === 'application/xml') {
    if (
      method !== 'HEAD' &&
      !/^<\?xml [^>]*\?><ows:ExceptionReport [\s\S]*<\/ows:ExceptionReport>$/.test(text)
    )
      faults.push('the body is no exception report');
  } else faults.push(`an error has Content-Type ${JSON.stringify(type)}`);
  return faults;
}

function isProblem(text: string, wanted: number): boolean {
  try {
    const { type, title, status, detail } = JSON.parse(text) as Record<string, unknown>;
    return (
      type === 'about:blank' && typeof title === 'string' && status === wanted && typeof detail === 'string'
    );
  } catch {
    return false;
  }
}

function faultsOfHeaders(answer: HttpAnswer): string[] {
  const faults: string[] = [];
  for (const [name, value] of answer.headers) {
    if (name === 'x-injected') faults.push('a header of the request became one of the answer');
    const known = CORS_ORIGINS.includes(value) || EXTENSION_ORIGIN.test(value);
    if (name === 'access-control-allow-origin' && !known)
      faults.push(`Access-Control-Allow-Origin is ${JSON.stringify(value)}`);
    if (name === 'access-control-allow-credentials') faults.push('the answer allows credentials');
    if (name === 'server' || name === 'x-powered-by') faults.push(`the answer has a header ${name}`);
  }
  return faults;
}

function leaks(answer: HttpAnswer, shot: Shot, { never, repeated }: Secrets): string[] {
  const faults: string[] = [];
  const contains = (text: string) => answer.head.includes(text) || answer.body.includes(text);
  never.forEach((secret, index) => {
    // The secret itself stays out of the report.
    if (contains(secret)) faults.push(`a secret or a path of this machine came out (number ${index})`);
  });
  for (const key of repeated)
    if (contains(key) && (answer.status >= 400 || !shot.bytes.includes(key)))
      faults.push('an API key came out');
  if (answer.status >= 400 && STACK.test(answer.body.toString())) faults.push('an error has a stack trace');
  return faults;
}
