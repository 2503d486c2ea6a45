/** Headers for browsers in every kind of response; `test/real/browsers/browser-side.spec.ts` tests how browsers apply them. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { tileWithHeat, tileWithoutHeat } from '../../simulator/find-tile.js';
import type { RunningGateway } from '../../support/gateway.js';
import { rawRequest } from '../../support/raw-request.js';
import { withSimulator } from '../../support/with-gateway.js';

const KEY = 'plain-key-0123456789';
const RIDER = 'riders-key-0123456789';
const SLOW = 'slow-key-0123456789';
const PAGE_KEY = 'key-of-a-page-0123456789';
const ADMIN_KEY = 'admin-key-0123456789';
const MAPS = 'https://maps.example';
const PLANNER = 'https://planner.example:8443';
const STRANGER = 'https://stranger.example';
const EXTENSION = 'chrome-extension://abcdefghijklmnop';

const KEYS = {
  keys: [
    KEY,
    { id: 'rider', key: RIDER, sports: ['ride'] },
    { id: 'slow', key: SLOW, rateLimit: { max: 1, seconds: 86_400 } },
    { id: 'page', key: PAGE_KEY, origins: [MAPS] },
  ],
};

const setup = withSimulator({ per: 'suite' });
/** With keys, for the pages of two origins. */
let listed: RunningGateway;
/** The same for the pages of every origin, and of none. */
let wide: RunningGateway;
let shut: RunningGateway;
/** Without a session: low zoom levels are redirected, higher ones fail. */
let expired: RunningGateway;
/** The same with a notice tile. */
let notifying: RunningGateway;

beforeAll(async () => {
  const expiredSession = [{ name: '_strava4_session', value: 'gone' }];
  const CORS_ORIGINS = `${MAPS},${PLANNER}`;
  const env = { EMPTY_TILE: 'no-content', ADMIN_KEY, CORS_ORIGINS };
  const keyed = { cookies: 'full', keys: KEYS } as const;
  listed = await setup.start({ ...keyed, env });
  wide = await setup.start({ ...keyed, env: { ...env, CORS_ORIGINS: '*' } });
  shut = await setup.start({ ...keyed, env: { ...env, CORS_ORIGINS: '' } });
  expired = await setup.start({
    cookies: expiredSession,
    env: { CORS_ORIGINS, ANONYMOUS_MODE: 'redirect' },
  });
  // From now on the gateway redirects.
  await fetch(`${expired.url}/xyz/all/hot/0/0/0.png`);
  notifying = await setup.start({
    cookies: expiredSession,
    env: { CORS_ORIGINS, SESSION_EXPIRED_TILE: 'true' },
  });
});

const xyz = ({ z, x, y }: { z: number; x: number; y: number }) => `/xyz/all/hot/${z}/${x}/${y}.png`;
const { z, x, y } = tileWithHeat(9);
const TILE = xyz({ z, x, y });
const EMPTY = xyz(tileWithoutHeat(9));
const DEEP = xyz(tileWithHeat(15));
const KVP_TILE = `/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=all-hot&STYLE=default&FORMAT=image/png&TILEMATRIXSET=GoogleMapsCompatible&TILEMATRIX=${z}&TILEROW=${y}&TILECOL=${x}`;
const DOCUMENT = '/wmts/1.0.0/WMTSCapabilities.xml';

type Kind = 'tile' | 'page' | 'other';
interface Sending {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
type Asking = (running: RunningGateway, headers: Record<string, string>) => Promise<Response>;

const withKey = { 'x-api-key': KEY };
const ask =
  (path: string, { headers = withKey, ...init }: Sending = {}): Asking =>
  (running, others) =>
    fetch(`${running.url}${path}`, { redirect: 'manual', ...init, headers: { ...headers, ...others } });

/** Asks for what has not changed since. */
const askAgain =
  (path: string): Asking =>
  async (running, headers) => {
    const first = await ask(path)(running, {});
    return ask(path)(running, { ...headers, 'if-none-match': first.headers.get('etag')! });
  };

/** Uses the limit up first. */
const askTooOften: Asking = async (running, headers) => {
  await ask(TILE, { headers: { 'x-api-key': SLOW } })(running, {});
  return ask(TILE, { headers: { 'x-api-key': SLOW } })(running, headers);
};

/** One of each kind of answer that keys, addresses and methods alone lead to. */
const ANSWERS: readonly (readonly [what: string, kind: Kind, status: number, asking: Asking])[] = [
  ['a tile, XYZ', 'tile', 200, ask(TILE)],
  ['a tile, WMTS by KVP', 'tile', 200, ask(KVP_TILE)],
  [
    'a tile, RESTful WMTS',
    'tile',
    200,
    ask(`/wmts/1.0.0/all-hot/default/GoogleMapsCompatible/${z}/${y}/${x}.png`),
  ],
  ['a tile, TMS', 'tile', 200, ask(`/tms/1.0.0/all-hot/${z}/${x}/${2 ** z - 1 - y}.png`)],
  ['a tile, drop-in', 'tile', 200, ask(`/identified/globalheat/all/hot/${z}/${x}/${y}.png`)],
  ['a tile, the other drop-in', 'tile', 200, ask(`/global/hot/all/${z}/${x}/${y}.png`)],
  ['a tile with the key in the path', 'tile', 200, ask(`/k/${KEY}${TILE}`, { headers: {} })],
  ['a tile, HEAD', 'tile', 200, ask(TILE, { method: 'HEAD' })],
  ['a tile that has not changed', 'tile', 304, askAgain(TILE)],
  ['a tile without heat', 'tile', 204, ask(EMPTY)],
  ['the page at /', 'page', 200, ask('/')],
  ['a document', 'other', 200, ask(DOCUMENT)],
  ['a document that has not changed', 'other', 304, askAgain(DOCUMENT)],
  ['a document by KVP', 'other', 200, ask('/wmts?SERVICE=WMTS&REQUEST=GetCapabilities')],
  ['TileJSON', 'other', 200, ask('/tilejson/all/hot.json')],
  ['the TileMapService', 'other', 200, ask('/tms/1.0.0/')],
  ['a TileMap', 'other', 200, ask('/tms/1.0.0/all-hot')],
  ['/health', 'other', 200, ask('/health')],
  ['/livez', 'other', 200, ask('/livez')],
  ['/readyz', 'other', 200, ask('/readyz')],
  ['/metrics', 'other', 200, ask('/metrics')],
  [
    '/admin/status',
    'other',
    200,
    ask('/admin/status', { headers: { authorization: `Bearer ${ADMIN_KEY}` } }),
  ],
  ['/admin/status without a key', 'other', 401, ask('/admin/status', { headers: {} })],
  ['400 for a bad number', 'other', 400, ask('/xyz/all/hot/1/x/1.png')],
  ['400 for an escaped path', 'other', 400, ask('/xyz/all/hot/1/%31/1.png')],
  ['400 for a path that no router decodes', 'other', 400, ask('/%zz')],
  ['400 by KVP', 'other', 400, ask('/wmts?SERVICE=WFS')],
  ['401 without a key', 'other', 401, ask(TILE, { headers: {} })],
  ['401 with a wrong key', 'other', 401, ask(TILE, { headers: { 'x-api-key': 'wrong' } })],
  ['401 at /', 'other', 401, ask('/', { headers: {} })],
  ['403', 'other', 403, ask(TILE, { headers: { 'x-api-key': RIDER } })],
  ['404 for an address', 'other', 404, ask('/nothing')],
  ['404 for a layer', 'other', 404, ask('/xyz/all/pink/0/0/0.png')],
  ['405', 'other', 405, ask(TILE, { method: 'POST', body: '{}' })],
  ['406', 'other', 406, ask(DOCUMENT, { headers: { ...withKey, accept: 'image/png' } })],
  ['414', 'other', 414, ask(`/xyz/all/hot/0/0/${'1'.repeat(200)}.png`)],
  ['429', 'other', 429, askTooOften],
  ['501', 'other', 501, ask('/wmts?SERVICE=WMTS&REQUEST=GetFeatureInfo')],
];

/** And those that the state of the session leads to. */
const ANSWERS_OF_EXPIRED: typeof ANSWERS = [
  ['302 to the upstream', 'tile', 302, ask(TILE)],
  ['503', 'other', 503, ask(DEEP)],
  ['503 by KVP', 'other', 503, ask(KVP_TILE.replace(/=9&TILEROW=.*/, '=15&TILEROW=10000&TILECOL=10000'))],
];

const EXPOSED = ['ETag', 'Retry-After', 'RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'];
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

function expectKind({ headers, status }: Response, kind: Kind): void {
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('cross-origin-resource-policy')).toBe(
    kind === 'tile' || status >= 400 ? 'cross-origin' : 'same-origin',
  );
  const policy = headers.get('content-security-policy');
  if (kind === 'tile') expect(policy).toBeNull();
  if (kind === 'page') expect(policy).toBe(PAGE_POLICY);
  if (kind === 'other') expect(policy).toBe("default-src 'none'; frame-ancestors 'none'");
}

const varies = ({ headers }: Response) => (headers.get('vary') ?? '').split(/ *, */).filter(Boolean);
const listOf = ({ headers }: Response, name: string) => headers.get(name)?.split(/ *, */) ?? null;

/** Names of the headers of CORS in the answer. */
const corsOf = ({ headers }: Response) =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-'));

describe.each([
  ['of a gateway with keys', ANSWERS, () => listed],
  ['of a gateway without a session', ANSWERS_OF_EXPIRED, () => expired],
  [
    'of one that tells so in its tiles',
    [['a tile', 'tile', 200, ask(DEEP)]] satisfies typeof ANSWERS,
    () => notifying,
  ],
] as const)('the response %s', (_name, answers, gateway) => {
  it.each(answers)('%s has the headers of its kind: %s, %i', async (_what, kind, status, asking) => {
    const answer = await asking(gateway(), {});
    expect(answer.status).toBe(status);
    expectKind(answer, kind);
    if (status >= 400)
      expect([answer.headers.get('cache-control'), answer.headers.get('content-type')]).toEqual([
        'no-store',
        expect.stringMatching(/^application\/(problem\+json|xml)$/),
      ]);
  });

  it.each(answers)('%s is readable by pages of the allowed origins only', async (...row) => {
    const [, , status, asking] = row;
    for (const origin of [MAPS, PLANNER]) {
      const answer = await asking(gateway(), { origin });
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([status, origin]);
      expect(listOf(answer, 'access-control-expose-headers')).toEqual(EXPOSED);
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
      expect(varies(answer)).toContain('Origin');
    }
    for (const headers of [
      { origin: STRANGER },
      { origin: 'null' },
      { origin: `${MAPS}.evil.example` },
      {},
    ]) {
      const answer = await asking(gateway(), headers as Record<string, string>);
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([status, null]);
      // Without Vary, a cache would serve this response to an allowed origin.
      expect(varies(answer)).toContain('Origin');
    }
  });
});

describe('with CORS_ORIGINS=*', () => {
  it.each(ANSWERS)(
    '%s is readable by every page, and the same for all',
    async (_what, _kind, status, asking) => {
      for (const headers of [{ origin: STRANGER }, { origin: 'null' }, {}]) {
        const answer = await asking(wide, headers as Record<string, string>);
        expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([status, '*']);
        expect(listOf(answer, 'access-control-expose-headers')).toEqual(EXPOSED);
        expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
        expect(varies(answer)).not.toContain('Origin');
      }
    },
  );
});

describe('without CORS_ORIGINS', () => {
  it.each(ANSWERS)('%s is readable by no page', async (_what, kind, status, asking) => {
    const answer = await asking(shut, { origin: MAPS });
    expect([answer.status, corsOf(answer), varies(answer).includes('Origin')]).toEqual([status, [], false]);
    expectKind(answer, kind);
  });
});

describe('a response to a key restricted to web origins', () => {
  it.each([TILE, DOCUMENT, '/'])('is not reused for other pages of the same browser: %s', async (path) => {
    for (const running of [listed, wide, shut])
      for (const [origin, status] of [
        [MAPS, 200],
        [STRANGER, 403],
      ] as const) {
        const answer = await ask(path, { headers: { 'x-api-key': PAGE_KEY } })(running, { origin });
        expect(answer.status).toBe(status);
        expect(varies(answer)).toEqual(expect.arrayContaining(['Origin', 'Referer']));
      }
    expect(varies(await ask(path)(listed, { origin: MAPS }))).not.toContain('Referer');
  });
});

describe('an overloaded gateway', () => {
  it('sends the same headers to browsers', async () => {
    const busy = await setup.start({ env: { MAX_EVENT_LOOP_DELAY_MS: '50', CORS_ORIGINS: MAPS } });
    let answer: Response;
    do {
      const end = Date.now() + 600;
      while (Date.now() < end);
      answer = await ask(TILE)(busy, { origin: MAPS });
    } while (answer.status !== 503);
    expectKind(answer, 'other');
    expect(answer.headers.get('access-control-allow-origin')).toBe(MAPS);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(varies(answer)).toContain('Origin');
  });
});

describe('a malformed request', () => {
  it.each([
    ['a request with a header that is too long', '/', { 'X-Long': 'a'.repeat(100_000) }, 431],
    ['a request with an invalid header', '/', { 'X Y': 'z' }, 400],
  ])('%s gets the same headers', async (_name, target, headers, status) => {
    const { head, ...answer } = await rawRequest(listed.url, target, headers);
    const lines = head.toLowerCase().split('\r\n');
    expect(answer.status).toBe(status);
    expect(lines).toEqual(
      expect.arrayContaining([
        'content-type: application/problem+json',
        'x-content-type-options: nosniff',
        'referrer-policy: no-referrer',
        'cross-origin-resource-policy: same-origin',
        "content-security-policy: default-src 'none'; frame-ancestors 'none'",
      ]),
    );
  });
});

describe('CORS_ORIGINS with subdomains and origins as people write them', () => {
  it('matches what browsers send, with Vary, and nothing beside it', async () => {
    const running = await setup.start({
      keys: { keys: [KEY, { id: 'page', key: PAGE_KEY, origins: ['https://*.GPX.studio/'] }] },
      env: { CORS_ORIGINS: 'https://*.gpx.studio:443/, HTTPS://Maps.Example/, https://bücher.example' },
    });
    for (const [origin, allowed] of [
      ['https://beta.gpx.studio', true],
      ['https://a.b.gpx.studio', true],
      ['https://maps.example', true],
      ['https://xn--bcher-kva.example', true],
      ['https://gpx.studio', false],
      ['https://evilgpx.studio', false],
      ['https://gpx.studio.evil.example', false],
      ['http://beta.gpx.studio', false],
      ['https://beta.gpx.studio:8443', false],
      ['https://evil.example/.gpx.studio', false],
      ['https://*.gpx.studio', false],
      ['null', false],
    ] as const) {
      for (const path of [TILE, '/%zz', '/nothing']) {
        const answer = await ask(path)(running, { origin });
        expect([origin, answer.headers.get('access-control-allow-origin')]).toEqual([
          origin,
          allowed ? origin : null,
        ]);
        expect(varies(answer)).toContain('Origin');
      }
      const restricted = await ask(TILE, { headers: { 'x-api-key': PAGE_KEY } })(running, { origin });
      expect([origin, restricted.status]).toEqual([
        origin,
        origin.startsWith('https://') && /^https:\/\/[a-z.]+\.gpx\.studio$/.test(origin) ? 200 : 403,
      ]);
    }
  });
});

describe('a preflight', () => {
  const preflight = (running: RunningGateway, path: string, headers: Record<string, string>) =>
    ask(path, {
      method: 'OPTIONS',
      headers: {
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization,if-none-match,x-api-key',
      },
    })(running, headers);

  it.each([TILE, KVP_TILE, DOCUMENT, '/tilejson/all/hot.json', '/', '/health', '/metrics', '/nothing'])(
    'of %s is answered without a key, for the allowed origins',
    async (path) => {
      const answer = await preflight(listed, path, { origin: MAPS });
      expect(answer.status).toBe(204);
      expect(answer.headers.get('access-control-allow-origin')).toBe(MAPS);
      expect(listOf(answer, 'access-control-allow-methods')).toEqual(['GET', 'HEAD', 'OPTIONS']);
      expect(listOf(answer, 'access-control-allow-headers')).toEqual([
        'authorization',
        'if-none-match',
        'x-api-key',
      ]);
      expect(Number(answer.headers.get('access-control-max-age'))).toBeGreaterThan(0);
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
      expect(varies(answer)).toContain('Origin');
      expectKind(answer, 'other');
      const refused = await preflight(listed, path, { origin: STRANGER });
      expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([204, null]);
      expect(varies(refused)).toContain('Origin');
      expectKind(refused, 'other');
    },
  );

  it.each([
    'x-requested-with',
    'cache-control,pragma',
    'range, if-modified-since',
    'content-type',
    'traceparent,tracestate,baggage,sentry-trace,x-datadog-trace-id',
  ])('permits every header that a library adds: %s', async (names) => {
    const headers = { origin: MAPS, 'access-control-request-headers': names };
    const answer = await preflight(listed, TILE, headers);
    expect(answer.headers.get('access-control-allow-headers')).toBe(names);
    expect(varies(answer)).toEqual(expect.arrayContaining(['Origin', 'Access-Control-Request-Headers']));
    expect((await preflight(wide, TILE, headers)).headers.get('access-control-allow-headers')).toBe(names);
    expect((await ask(TILE)(listed, { origin: MAPS, 'x-requested-with': 'XMLHttpRequest' })).status).toBe(
      200,
    );
    const refused = await preflight(listed, TILE, { ...headers, origin: STRANGER });
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
    expect(corsOf(await preflight(shut, TILE, headers))).toEqual([]);
  });

  it('is answered for every origin with CORS_ORIGINS=*, and for none without', async () => {
    const any = await preflight(wide, TILE, { origin: STRANGER });
    expect(any.headers.get('access-control-allow-origin')).toBe('*');
    // A star does not include Authorization (Fetch standard, 4.9).
    expect(listOf(any, 'access-control-allow-headers')).toContain('authorization');
    const none = await preflight(shut, TILE, { origin: MAPS });
    expect([none.status, corsOf(none)]).toEqual([204, []]);
    expect(none.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    expectKind(none, 'other');
  });

  it('of /admin is permitted for the extension, and never for a page', async () => {
    for (const running of [listed, wide, shut]) {
      const extension = await preflight(running, '/admin/cookies', { origin: EXTENSION });
      expect(extension.headers.get('access-control-allow-origin')).toBe(EXTENSION);
      expect(varies(extension)).toContain('Origin');
      for (const origin of [MAPS, STRANGER, `${EXTENSION}.evil.example`, 'null'])
        expect(corsOf(await preflight(running, '/admin/cookies', { origin }))).toEqual([]);
    }
  });

  it('of /admin has the same result as the request after it', async () => {
    for (const running of [listed, wide, shut])
      for (const [status, key] of [
        [200, ADMIN_KEY],
        [401, 'wrong'],
      ] as const) {
        const headers = { authorization: `Bearer ${key}` };
        const answer = await ask('/admin/status', { headers })(running, { origin: EXTENSION });
        expect(answer.status).toBe(status);
        expect(['*', EXTENSION]).toContain(answer.headers.get('access-control-allow-origin'));
        expect(listOf(answer, 'access-control-expose-headers')).toContain('Retry-After');
      }
  });

  describe('from a public page to a private network', () => {
    const allowed = async (running: RunningGateway, path: string, headers: Record<string, string>) =>
      (
        await preflight(running, path, { 'access-control-request-private-network': 'true', ...headers })
      ).headers.get('access-control-allow-private-network');

    it('is permitted for the allowed origins', async () => {
      for (const path of [TILE, DOCUMENT, '/health', '/nothing']) {
        expect(await allowed(listed, path, { origin: MAPS })).toBe('true');
        expect(await allowed(wide, path, { origin: STRANGER })).toBe('true');
        for (const origin of [STRANGER, 'null', `${MAPS}.evil.example`, EXTENSION])
          expect([origin, await allowed(listed, path, { origin })]).toEqual([origin, null]);
        expect(await allowed(shut, path, { origin: MAPS })).toBeNull();
        expect(await allowed(listed, path, {})).toBeNull();
      }
    });

    it('is permitted only for the extension at /admin', async () => {
      for (const running of [listed, wide, shut]) {
        expect(await allowed(running, '/admin/cookies', { origin: EXTENSION })).toBe('true');
        expect(await allowed(running, '/admin/cookies', { origin: MAPS })).toBeNull();
      }
    });

    it('is only mentioned if the request asks for it', async () => {
      const headers = { origin: MAPS, 'access-control-request-private-network': 'false' };
      expect(await allowed(listed, TILE, headers)).toBeNull();
      const other = await preflight(listed, TILE, { origin: MAPS });
      expect(other.headers.get('access-control-allow-private-network')).toBeNull();
      const tile = await ask(TILE)(listed, {
        origin: MAPS,
        'access-control-request-private-network': 'true',
      });
      expect(tile.headers.get('access-control-allow-private-network')).toBeNull();
    });
  });
});

describe('the policy of the page at /', () => {
  const policyOf = async (running: RunningGateway) =>
    (await ask('/')(running, {})).headers.get('content-security-policy');

  it('does not depend on the Host header', async () => {
    for (const host of ['gateway.example:8080', '[::1]:8080']) {
      const { head } = await rawRequest(listed.url, `/?key=${KEY}`, { Host: host });
      expect(head).toContain("img-src 'self' data:;");
    }
  });

  it('contains the public URL and the sources of anonymous tiles if tiles come from there', async () => {
    const proxied = await setup.start({ env: { PUBLIC_URL: 'https://tiles.example/heat' } });
    expect(await policyOf(proxied)).toContain("img-src 'self' https://tiles.example data:;");
    const { tilesUrl, anonymousUrl } = setup.simulator;
    expect(await policyOf(expired)).toContain(`img-src 'self' ${tilesUrl} ${anonymousUrl} data:;`);
  });
});
