/** The kinds of requests and their weights. Pure. */
import { METHODS } from 'node:http';
import { bytesOf, GET, type HttpRequest } from '../../support/http/http-request.js';
import type { Random } from '../../support/run/random.js';
import { ADMIN_KEY, EXPIRED_KEY, LAYER_KEY, LIMITED_KEY, MUTATED_KEY, OPEN_KEY } from '../credentials.js';
import type { Expectation, FuzzCase } from '../fuzz-case.js';
import { malformedHttp } from '../malformed/malformed-http.js';
import {
  DOCUMENTS,
  invalidTile,
  misshapenTile,
  missing,
  mutableTile,
  PROBES,
  validTile,
} from './addresses.js';
import { badCookies } from './bad-cookies.js';
import { hiddenKeyTarget } from './hidden-key.js';
import { isWellFormed, keyed } from './keyed-request.js';
import { getFeatureInfo, invalidGetTile, oddGetCapabilities, unknownOperation, validGetTile } from './kvp.js';
import { mutate } from './mutate.js';
import { badCredentials, invalidKey, oddHeaders } from './odd-headers.js';

export type Kind = (random: Random) => FuzzCase;

function fuzzCase(
  kind: string,
  expect: Expectation,
  request: HttpRequest,
  more: Pick<FuzzCase, 'limited'> = {},
): FuzzCase {
  const wellFormed = isWellFormed(request);
  // The parser gives up without having read the method, so the gateway answers with a body.
  const method = wellFormed || request.method !== 'HEAD' ? request.method : 'GET';
  const bytes = bytesOf({ ...request, method });
  // A line end in the target makes it a request of HTTP/0.9, perhaps for a document.
  const lineEnd = /[\r\n]/.test(request.target);
  return { kind, bytes, method, expect: lineEnd ? 'answered' : expect, mayEnd: !wellFormed, ...more };
}

/** Mostly GET, sometimes HEAD. */
const read = (random: Random, target: string): HttpRequest => ({
  ...GET(target),
  method: random.chance(0.1) ? 'HEAD' : 'GET',
});

const invalidTarget: Kind = (random) => {
  const target = random.weighted([
    [10, () => invalidTile(random)],
    [5, () => misshapenTile(random)],
    [3, () => missing(random)],
  ])();
  const request = read(random, target);
  return random.chance(0.05)
    ? fuzzCase('invalid target', 'refused', keyed(random, request, LIMITED_KEY), { limited: true })
    : fuzzCase('invalid target', 'refused', keyed(random, request));
};

const invalidKvp: Kind = (random) =>
  random.weighted<() => FuzzCase>([
    [12, () => fuzzCase('invalid KVP', 'refused', keyed(random, read(random, invalidGetTile(random))))],
    [2, () => fuzzCase('invalid KVP', 'refused', keyed(random, GET(unknownOperation(random))))],
    [1, () => fuzzCase('GetFeatureInfo', 'answered', keyed(random, GET(getFeatureInfo(random))))],
    [1, () => fuzzCase('odd GetCapabilities', 'answered', keyed(random, GET(oddGetCapabilities(random))))],
  ])();

const mutated: Kind = (random) => {
  const { target, ...request } = keyed(random, read(random, mutableTile(random)), MUTATED_KEY);
  return fuzzCase('mutated target', 'answered', { ...request, target: mutate(random, target) });
};

/** Line ends and headers are mutated too, so the end of the request is unknown. */
const mutatedBytes: Kind = (random) => {
  const request = keyed(random, { ...GET(mutableTile(random)), headers: oddHeaders(random) }, MUTATED_KEY);
  const text = mutate(random, bytesOf(request).toString('latin1'));
  return {
    kind: 'mutated bytes',
    bytes: Buffer.from(text, 'latin1'),
    method: 'GET',
    expect: 'unfinished',
    maxResponses: 50,
    limited: true,
  };
};

/** A valid request with an invalid key. */
const wrongKey: Kind = (random) => {
  const target = random.weighted([
    [6, () => validTile(random)],
    [3, () => validGetTile(random)],
    [1, () => random.pick(DOCUMENTS)],
  ])();
  const and = target.includes('?') ? '&' : '?';
  const request = random.pick<() => HttpRequest>([
    () => read(random, target),
    () => ({ ...read(random, target), headers: badCredentials(random) }),
    () => GET(target, [['X-API-Key', invalidKey(random)]]),
    () =>
      GET(target, [
        ['X-API-Key', OPEN_KEY],
        ['X-Api-Key', OPEN_KEY],
      ]),
    () => GET(target, [['X-API-Key', ` ${OPEN_KEY},`]]),
    () => GET(`${target}${and}key=${invalidKey(random)}`),
    () => GET(`${target}${and}key=`),
    () => GET(`${target}${and}key[]=${OPEN_KEY}`),
    () => GET(`${target}${and}key=${OPEN_KEY}&key=${OPEN_KEY}x`),
    () => GET(`${target}${and}key=${OPEN_KEY}&Key=x`),
    () => GET(`${target}${and}apikey=${OPEN_KEY}&api_key=${OPEN_KEY}`),
    () => GET(`${target}${and}key=${OPEN_KEY}%0a`),
    () => GET(`/k/${invalidKey(random)}${target}`),
    () => GET(`/k/${target}`),
    () => GET(`/K/${OPEN_KEY}${target}`),
    () => GET(`//k//${OPEN_KEY}${target}`),
    () => GET(`/k/${OPEN_KEY}/k/${OPEN_KEY}${target}`),
    () => GET(`/k/${OPEN_KEY};x${target}`),
    () => keyed(random, GET(`/k/${invalidKey(random)}${target}`)),
    () => keyed(random, GET(target), EXPIRED_KEY),
    () => keyed(random, GET(target), ADMIN_KEY),
  ])();
  return fuzzCase('wrong key', 'refused', request);
};

/** A valid key where it is no parameter, or one of several. */
const hiddenKey: Kind = (random) =>
  fuzzCase('key hidden in a query', 'answered', GET(hiddenKeyTarget(random)));

/** A valid key that is restricted to another layer. */
const otherLayer: Kind = (random) =>
  fuzzCase(
    'key of another layer',
    'refused',
    keyed(random, read(random, random.chance(0.7) ? validTile(random) : validGetTile(random)), LAYER_KEY),
  );

const oddHeader: Kind = (random) => {
  const headers = oddHeaders(random);
  const on = (request: HttpRequest): HttpRequest => ({
    ...request,
    headers: [...request.headers, ...headers],
  });
  const method = random.weighted([
    [6, 'GET'],
    [1, 'HEAD'],
    [2, 'OPTIONS'],
  ]);
  return random.weighted<() => FuzzCase>([
    [
      6,
      () =>
        fuzzCase('odd headers', 'answered', on({ ...GET(random.pick(PROBES)), method }), { limited: true }),
    ],
    [
      3,
      () =>
        fuzzCase('odd headers', 'answered', keyed(random, on({ ...GET(random.pick(DOCUMENTS)), method })), {
          limited: true,
        }),
    ],
    [
      6,
      () =>
        fuzzCase('odd headers', 'refused', keyed(random, on(GET(invalidTile(random)))), { limited: true }),
    ],
  ])();
};

const WRONG_METHODS = METHODS.filter((method) => !['GET', 'HEAD', 'OPTIONS', 'CONNECT'].includes(method));

const wrongMethod: Kind = (random) => {
  const target = random.pick([
    () => validTile(random),
    () => validGetTile(random),
    () => random.pick(DOCUMENTS),
    () => random.pick(PROBES),
    () => '/admin/status',
  ])();
  const body = random.chance(0.5) ? { body: random.noise(3000) } : {};
  return fuzzCase('wrong method', 'refused', {
    ...keyed(random, GET(target)),
    method: random.pick(WRONG_METHODS),
    ...body,
  });
};

/** A body that the gateway does not read. */
const bodyOnGet: Kind = (random) => {
  const request = random.pick([
    () => keyed(random, GET(invalidTile(random))),
    () => keyed(random, GET(invalidGetTile(random))),
    () => GET(validTile(random)),
  ])();
  return fuzzCase('body on GET', 'refused', { ...request, body: random.noise(5000) });
};

const admin: Kind = (random) => {
  const headers = random.pick<() => HttpRequest['headers']>([
    () => [],
    () => [['Authorization', `Bearer ${invalidKey(random)}`]],
    () => [['Authorization', `Bearer ${OPEN_KEY}`]],
    () => [['Authorization', `Bearer ${ADMIN_KEY}x`]],
    () => [['Authorization', `Bearer ${ADMIN_KEY.slice(1)}`]],
    () => [['Authorization', `Basic ${Buffer.from(`admin:${ADMIN_KEY}`).toString('base64')}`]],
    () => [['X-API-Key', ADMIN_KEY]],
    () => badCredentials(random),
  ])();
  const request = random.pick<() => HttpRequest>([
    () => GET('/admin/status', headers),
    () => GET(`/admin/status?key=${ADMIN_KEY}`, headers),
    () => GET(`/k/${ADMIN_KEY}/admin/status`, headers),
    () => ({ ...GET('/admin/cookies', headers), method: 'PUT', body: badCookies(random) }),
  ])();
  return fuzzCase('admin without the admin key', 'refused', request, { limited: true });
};

/** The admin key with an invalid body, which reaches the parser of cookies. */
const adminBody: Kind = (random) => {
  const type = random.pick<HttpRequest['headers']>([
    [],
    ...['application/json', 'text/plain', '', 'x', 'a/b;=', '\xff'].map(
      (value) => [['Content-Type', value]] as const,
    ),
  ]);
  const request: HttpRequest = {
    method: 'PUT',
    target: '/admin/cookies',
    headers: [['Authorization', `Bearer ${ADMIN_KEY}`], ...type],
    body: badCookies(random),
  };
  return fuzzCase('admin with an invalid body', 'refused', request, { limited: true });
};

/** Requests with a known end: many of them share a connection. */
export const FRAMED: readonly (readonly [weight: number, kind: Kind])[] = [
  [26, invalidTarget],
  [16, invalidKvp],
  [14, mutated],
  [16, wrongKey],
  [4, hiddenKey],
  [3, otherLayer],
  [11, oddHeader],
  [6, wrongMethod],
  [3, bodyOnGet],
  [3, admin],
];

/** Requests that need a connection of their own. */
export const SINGLE: readonly (readonly [weight: number, kind: Kind])[] = [
  [12, malformedHttp],
  [3, mutatedBytes],
  [3, adminBody],
];
