/** The kinds of requests, and how often each comes. Pure. */
import { METHODS } from 'node:http';
import { brokenTile, DOCUMENTS, goodTile, misshapenTile, missing, PROBES, rottenTile } from './addresses.js';
import { badCookies } from './bad-cookies.js';
import { ADMIN_KEY, EXPIRED_KEY, LAYER_KEY, LIMITED_KEY, MUTATED_KEY, OPEN_KEY } from '../credentials.js';
import { bytesOf, GET, isWellFormed, withKey, type HttpRequest } from './http-request.js';
import { brokenGetTile, getFeatureInfo, goodGetTile, oddGetCapabilities, unknownOperation } from './kvp.js';
import { malformedHttp } from '../malformed/malformed-http.js';
import { mutate } from './mutate.js';
import { badCredentials, oddHeaders, spoilt } from './odd-headers.js';
import type { Random } from '../random.js';
import type { Due, Shot } from '../fuzz-case.js';

export type Kind = (random: Random) => Shot;

function shot(kind: string, due: Due, request: HttpRequest, more: Pick<Shot, 'limited'> = {}): Shot {
  const wellFormed = isWellFormed(request);
  // Where a parser gives up it has no method, and an answer with a body would not be one to HEAD.
  const method = wellFormed || request.method !== 'HEAD' ? request.method : 'GET';
  const bytes = bytesOf({ ...request, method });
  // With a line end in it, the target ends there: a request of HTTP/0.9, which may be for a document.
  const lineEnd = /[\r\n]/.test(request.target);
  return { kind, bytes, method, due: lineEnd ? 'answered' : due, mayEnd: !wellFormed, ...more };
}

/** GET for the most part. */
const read = (random: Random, target: string): HttpRequest => ({
  ...GET(target),
  method: random.chance(0.1) ? 'HEAD' : 'GET',
});

const brokenAddress: Kind = (random) => {
  const target = random.weighted([
    [10, () => brokenTile(random)],
    [5, () => misshapenTile(random)],
    [3, () => missing(random)],
  ])();
  const request = read(random, target);
  return random.chance(0.05)
    ? shot('broken address', 'refused', withKey(random, request, LIMITED_KEY), { limited: true })
    : shot('broken address', 'refused', withKey(random, request));
};

const brokenKvp: Kind = (random) =>
  random.weighted<() => Shot>([
    [12, () => shot('broken KVP', 'refused', withKey(random, read(random, brokenGetTile(random))))],
    [2, () => shot('broken KVP', 'refused', withKey(random, GET(unknownOperation(random))))],
    [1, () => shot('GetFeatureInfo', 'answered', withKey(random, GET(getFeatureInfo(random))))],
    [1, () => shot('odd GetCapabilities', 'answered', withKey(random, GET(oddGetCapabilities(random))))],
  ])();

const mutated: Kind = (random) => {
  const { target, ...request } = withKey(random, read(random, rottenTile(random)), MUTATED_KEY);
  return shot('mutated address', 'answered', { ...request, target: mutate(random, target) });
};

/** Mutated all over, lines and headers as well. Nobody knows where it ends, or whether. */
const mutatedBytes: Kind = (random) => {
  const request = withKey(random, { ...GET(rottenTile(random)), headers: oddHeaders(random) }, MUTATED_KEY);
  const text = mutate(random, bytesOf(request).toString('latin1'));
  return {
    kind: 'mutated bytes',
    bytes: Buffer.from(text, 'latin1'),
    method: 'GET',
    due: 'unfinished',
    answers: 50,
    limited: true,
  };
};

/** Everything is right but the key. */
const wrongKey: Kind = (random) => {
  const target = random.weighted([
    [6, () => goodTile(random)],
    [3, () => goodGetTile(random)],
    [1, () => random.pick(DOCUMENTS)],
  ])();
  const and = target.includes('?') ? '&' : '?';
  const request = random.pick<() => HttpRequest>([
    () => read(random, target),
    () => ({ ...read(random, target), headers: badCredentials(random) }),
    () => GET(target, [['X-API-Key', spoilt(random)]]),
    () =>
      GET(target, [
        ['X-API-Key', OPEN_KEY],
        ['X-Api-Key', OPEN_KEY],
      ]),
    () => GET(target, [['X-API-Key', ` ${OPEN_KEY},`]]),
    () => GET(`${target}${and}key=${spoilt(random)}`),
    () => GET(`${target}${and}key=`),
    () => GET(`${target}${and}key[]=${OPEN_KEY}`),
    () => GET(`${target}${and}key=${OPEN_KEY}&key=${OPEN_KEY}`),
    () => GET(`${target}${and}key=${OPEN_KEY}&Key=x`),
    () => GET(`${target}${and}apikey=${OPEN_KEY}&api_key=${OPEN_KEY}`),
    () => GET(`${target}${and}key=${OPEN_KEY}%0a`),
    () => GET(`/k/${spoilt(random)}${target}`),
    () => GET(`/k/${target}`),
    () => GET(`/K/${OPEN_KEY}${target}`),
    () => GET(`//k/${OPEN_KEY}${target}`),
    () => GET(`/k/${OPEN_KEY}/k/${OPEN_KEY}${target}`),
    () => GET(`/k/${OPEN_KEY};x${target}`),
    () => withKey(random, GET(`/k/${spoilt(random)}${target}`)),
    () => withKey(random, GET(target), EXPIRED_KEY),
    () => withKey(random, GET(target), ADMIN_KEY),
  ])();
  return shot('wrong key', 'refused', request);
};

/** The key is good, and opens another layer. */
const closedLayer: Kind = (random) =>
  shot(
    'closed layer',
    'refused',
    withKey(random, read(random, random.chance(0.7) ? goodTile(random) : goodGetTile(random)), LAYER_KEY),
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
  return random.weighted<() => Shot>([
    [
      6,
      () => shot('odd headers', 'answered', on({ ...GET(random.pick(PROBES)), method }), { limited: true }),
    ],
    [
      3,
      () =>
        shot('odd headers', 'answered', withKey(random, on({ ...GET(random.pick(DOCUMENTS)), method })), {
          limited: true,
        }),
    ],
    [
      6,
      () => shot('odd headers', 'refused', withKey(random, on(GET(brokenTile(random)))), { limited: true }),
    ],
  ])();
};

const WRONG_METHODS = METHODS.filter((method) => !['GET', 'HEAD', 'OPTIONS', 'CONNECT'].includes(method));

const wrongMethod: Kind = (random) => {
  const target = random.pick([
    () => goodTile(random),
    () => goodGetTile(random),
    () => random.pick(DOCUMENTS),
    () => random.pick(PROBES),
    () => '/admin/status',
  ])();
  const body = random.chance(0.5) ? { body: random.noise(3000) } : {};
  return shot('wrong method', 'refused', {
    ...withKey(random, GET(target)),
    method: random.pick(WRONG_METHODS),
    ...body,
  });
};

/** A body where nobody reads one. */
const bodyOnGet: Kind = (random) => {
  const request = random.pick([
    () => withKey(random, GET(brokenTile(random))),
    () => withKey(random, GET(brokenGetTile(random))),
    () => GET(goodTile(random)),
  ])();
  return shot('body on GET', 'refused', { ...request, body: random.noise(5000) });
};

const admin: Kind = (random) => {
  const headers = random.pick<() => HttpRequest['headers']>([
    () => [],
    () => [['Authorization', `Bearer ${spoilt(random)}`]],
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
  return shot('admin without its key', 'refused', request, { limited: true });
};

/** The right key and the wrong body: what gets through to the reader of cookies. */
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
  return shot('admin with a bad body', 'refused', request, { limited: true });
};

/** Many of them share a connection, one behind the other. */
export const FRAMED: readonly (readonly [weight: number, kind: Kind])[] = [
  [26, brokenAddress],
  [16, brokenKvp],
  [14, mutated],
  [16, wrongKey],
  [3, closedLayer],
  [11, oddHeader],
  [6, wrongMethod],
  [3, bodyOnGet],
  [3, admin],
];

export const SINGLE: readonly (readonly [weight: number, kind: Kind])[] = [
  [12, malformedHttp],
  [3, mutatedBytes],
  [3, adminBody],
];
