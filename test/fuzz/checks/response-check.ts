/** Whether a response is one that the gateway may give to a request. Pure. */
import { errorViolations } from '../../support/http/error-response.js';
import { header, type HttpResponse } from '../../support/http/http-response.js';
import type { Secrets } from '../../support/secrets.js';
import type { FuzzCase } from '../fuzz-case.js';
import type { KeyParts } from './key-parts.js';
import { CORS_ORIGINS } from '../requests/odd-headers.js';

/** Text that must not occur in a response. */
export interface Confidential {
  /** Keys and cookies. */
  readonly secrets: Secrets;
  /** Keys by name that a successful response may repeat to the client that sent them. */
  readonly repeatable: Readonly<Record<string, string>>;
  /** Of a key in a query where no parser looks for it. */
  readonly nested: KeyParts;
  /** Paths of this machine and hosts of the upstream, by name. */
  readonly internals: Readonly<Record<string, string>>;
}

const EXTENSION_ORIGIN = /^(?:chrome|moz|safari-web)-extension:\/\/[A-Za-z0-9-]+$/;
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** One sentence for each violation. */
export function responseViolations(
  response: HttpResponse,
  fuzzCase: FuzzCase,
  confidential: Confidential,
): string[] {
  return [
    ...statusViolations(response, fuzzCase),
    ...(response.status >= 400 ? formatViolations(response, fuzzCase.method) : []),
    ...headerViolations(response),
    ...leaks(response, fuzzCase, confidential),
  ];
}

/** The simulated upstream is healthy, so a 503 with `Retry-After` has no other cause. */
export function isLoadShedding(response: HttpResponse): boolean {
  return response.status === 503 && header(response, 'retry-after') !== undefined;
}

function statusViolations(response: HttpResponse, { kind, method, expect, limited }: FuzzCase): string[] {
  const { status } = response;
  if (isLoadShedding(response)) return [];
  if (status === 501 && kind === 'GetFeatureInfo')
    return response.body.includes('exceptionCode="OperationNotSupported"')
      ? []
      : ['the 501 is not OperationNotSupported'];
  if (status >= 500) return [`the gateway failed with ${status}`];
  if (status === 429 && !limited) return ['the response is 429, although no limit applies'];
  if (status === 429 && !Number(header(response, 'retry-after'))) return ['a 429 lacks Retry-After'];
  if (header(response, 'content-type') === 'image/png') return ['a tile was served'];
  if (status < 300 && !SAFE_METHODS.includes(method)) return [`${method} was answered with ${status}`];
  if (expect === 'refused' && status < 400) return [`a request to be refused was answered with ${status}`];
  if (expect === 'served' && status >= 300)
    return [`a valid request was answered with ${status}, perhaps with the response to the next one`];
  return [];
}

function formatViolations(response: HttpResponse, method: string): string[] {
  return errorViolations({
    status: response.status,
    contentType: header(response, 'content-type'),
    cacheControl: header(response, 'cache-control'),
    text: method === 'HEAD' ? undefined : response.body.toString(),
  });
}

function headerViolations(response: HttpResponse): string[] {
  const violations: string[] = [];
  for (const [name, value] of response.headers) {
    if (name === 'x-injected') violations.push('a header of the request became a header of the response');
    const known = CORS_ORIGINS.includes(value) || EXTENSION_ORIGIN.test(value);
    if (name === 'access-control-allow-origin' && !known)
      violations.push(`Access-Control-Allow-Origin is ${JSON.stringify(value)}`);
    if (name === 'access-control-allow-credentials') violations.push('the response allows credentials');
    if (name === 'server' || name === 'x-powered-by') violations.push(`the response has a header ${name}`);
  }
  return violations;
}

function leaks(response: HttpResponse, { bytes }: FuzzCase, confidential: Confidential): string[] {
  const { secrets, repeatable, nested, internals } = confidential;
  const text = `${response.head}\n${response.body.toString('latin1')}`;
  const mayRepeat = (name: string) =>
    response.status < 400 && name in repeatable && bytes.includes(repeatable[name]!);
  return [
    ...secrets.in(text).filter((name) => !mayRepeat(name)),
    ...(response.status >= 400 && nested.isIn(text) ? ['a part of the nested key'] : []),
    ...Object.keys(internals).filter((name) => text.includes(internals[name]!)),
  ].map((name) => `a response contains ${name}`);
}
