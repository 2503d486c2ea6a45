/** API keys: their forms, refusals, scopes and reload; CORS, the management port, and secrets that must not leak. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { nextFileChecks } from '../../support/file-checks.js';
import { eventually } from '../../support/eventually.js';
import { fullCookies, type GatewayOptions } from '../../support/gateway.js';
import { withSimulator } from '../../support/with-gateway.js';

const PLAIN = 'plain-key_1';
const ALICE = 'alices-key-0123456789';
const BOB = 'bobs-key-0123456789';
const OLD = 'an-old-key-0123456789';
const SLOW = 'a-slow-key-0123456789';

const KEYS = {
  keys: [
    PLAIN,
    { id: 'alice', key: ALICE },
    {
      id: 'bob',
      sha256: createHash('sha256').update(BOB).digest('hex').toUpperCase(),
      layers: ['ride-*', 'all-hot'],
    },
    { id: 'old', key: OLD, expires: '2020-01-01' },
    { id: 'slow', key: SLOW, rateLimit: { max: 3, seconds: 60 } },
  ],
};
const TILE = '/xyz/all/hot/3/4/2.png';

const setup = withSimulator();
const start = (options: GatewayOptions = {}) => setup.start({ cookies: 'full', keys: KEYS, ...options });
const get = (path: string, headers: Record<string, string> = {}) => setup.get(path, { headers });
const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

describe('an API key', () => {
  it('gives access to tiles in each of its forms', async () => {
    await start();
    for (const answer of [
      await get(`${TILE}?key=${PLAIN}`),
      await get(`${TILE}?KEY=${ALICE}`),
      await get(`${TILE}?key=${BOB}`),
      await get(TILE, { 'x-api-key': ALICE }),
      await get(TILE, { authorization: `Bearer ${ALICE}` }),
      await get(TILE, { authorization: `bearer ${ALICE}` }),
      await get(TILE, basic('any-user', ALICE)),
      await get(`/k/${ALICE}${TILE}`),
      await get(`${TILE}?access_token=${ALICE}`),
      await get(`${TILE}?token=${ALICE}`),
      await get(`${TILE}?key=${ALICE}&key=${ALICE}`),
      await get(`/k/${ALICE}${TILE}?key=${ALICE}`, { 'x-api-key': ALICE }),
      await get(`${TILE}?key=${ALICE}`, basic('proxy-user', 'proxy-password')),
    ]) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('private, max-age=86400');
    }
  });

  it('that is missing, wrong, expired, malformed or ambiguous is refused in the encoding of the request', async () => {
    await start();
    const refused: [string, Record<string, string>, string][] = [
      [TILE, {}, 'missing'],
      [`${TILE}?key=`, {}, 'malformed'],
      [`${TILE}?key=wrong`, {}, 'unknown'],
      [`${TILE}?key=${OLD}`, {}, 'expired'],
      [`${TILE}?key=${'a'.repeat(200)}`, {}, 'malformed'],
      [`${TILE}?key=${ALICE}&key=${PLAIN}`, {}, 'ambiguous'],
      [`${TILE}?key=${ALICE}&KEY=${PLAIN}`, {}, 'ambiguous'],
      [`${TILE}?key=${ALICE}&access_token=${PLAIN}`, {}, 'ambiguous'],
      [`${TILE}?key=${ALICE}`, { 'x-api-key': PLAIN }, 'ambiguous'],
      [`/k/${ALICE}${TILE}?key=${PLAIN}`, {}, 'ambiguous'],
      [`${TILE}?access_token=wrong`, {}, 'unknown'],
      [`/k/${TILE}`, {}, 'malformed'],
      [`/k/wrong${TILE}`, {}, 'unknown'],
      [TILE, { authorization: 'Basic !!!' }, 'malformed'],
      ['/', {}, 'missing'],
      ['/metrics', {}, 'missing'],
      ['/no-such-address', {}, 'missing'],
    ];
    for (const [path, headers] of refused) {
      const answer = await get(path, headers);
      expect([path, answer.status]).toEqual([path, 401]);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
    const kvp = await get('/wmts?SERVICE=WMTS&REQUEST=GetCapabilities');
    expect(kvp.status).toBe(401);
    expect(await kvp.text()).toContain('exceptionCode="NoApplicableCode"');
    expect(setup.simulator.counters.requests.tiles).toBe(0);
    const metrics = await (await get('/metrics', { 'x-api-key': ALICE })).text();
    for (const reason of new Set(refused.map(([, , reason]) => reason))) {
      const count = refused.filter((entry) => entry[2] === reason).length + (reason === 'missing' ? 1 : 0);
      expect(metrics).toContain(`heatmap_auth_rejections_total{reason="${reason}"} ${count}`);
    }
  });

  it('is not needed for /health, /livez and /readyz', async () => {
    await start();
    for (const path of ['/health', '/livez', '/readyz']) expect((await get(path)).status).toBe(200);
  });

  it('gives access only to its layers, and its documents list only these', async () => {
    await start();
    expect((await get(`/xyz/ride/blue/3/4/2.png?key=${BOB}`)).status).toBe(200);
    const refused = await get(`/xyz/run/hot/3/4/2.png?key=${BOB}`);
    expect(refused.status).toBe(403);
    const kvp = await get(
      `/wmts?key=${BOB}&SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=run-hot&STYLE=default&FORMAT=image/png&TILEMATRIXSET=GoogleMapsCompatible&TILEMATRIX=0&TILEROW=0&TILECOL=0`,
    );
    expect([kvp.status, kvp.headers.get('content-type')]).toEqual([403, 'application/xml']);
    const document = await (await get(`/wmts/1.0.0/WMTSCapabilities.xml?key=${BOB}`)).text();
    const layers = [...document.matchAll(/<ows:Identifier>([a-zA-Z_]+-[a-z]+)<\/ows:Identifier>/g)].map(
      ([, id]) => id,
    );
    expect(layers.length).toBe(8);
    expect(layers.every((id) => id!.startsWith('ride-') || id === 'all-hot')).toBe(true);
  });

  it('above its rate limit gets 429 with Retry-After', async () => {
    await start();
    const statuses = [];
    for (let i = 0; i < 5; i++) statuses.push((await get(`${TILE}?key=${SLOW}`)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const limited = await get(`${TILE}?key=${SLOW}`);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await get(`${TILE}?key=${ALICE}`)).status).toBe(200);
  });

  it('appears in documents in the form of the request', async () => {
    await start();
    const { url } = setup.gateway;
    const kvp = '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities';
    const byQuery = await (await get(`${kvp}&key=${ALICE}`)).text();
    expect(byQuery).toContain(`<ows:Get xlink:href="${url}/wmts?key=${ALICE}&amp;">`);
    expect(byQuery).toContain(`{TileCol}.png?key=${ALICE}"`);
    expect(byQuery).toContain(
      `<ServiceMetadataURL xlink:href="${url}/wmts/1.0.0/WMTSCapabilities.xml?key=${ALICE}"/>`,
    );
    const byPath = await (await get(`/k/${ALICE}${kvp}`)).text();
    expect(byPath).toContain(`<ows:Get xlink:href="${url}/k/${ALICE}/wmts?">`);
    expect(byPath).toContain(`template="${url}/k/${ALICE}/wmts/1.0.0/`);
    expect(byPath).not.toContain('key=');
    const byToken = await (await get(`${kvp}&access_token=${ALICE}`)).text();
    expect(byToken).toContain(`<ows:Get xlink:href="${url}/wmts?access_token=${ALICE}&amp;">`);
    expect(byToken).toContain(`{TileCol}.png?access_token=${ALICE}"`);
    expect(byToken).not.toContain('?key=');
    expect(await (await get(`/tilejson/all/hot.json?token=${ALICE}`)).text()).toContain(
      `.png?token=${ALICE}"`,
    );
    const byBoth = await (await get(`/k/${ALICE}${kvp}&key=${ALICE}`)).text();
    expect(byBoth).toContain(`<ows:Get xlink:href="${url}/wmts?key=${ALICE}&amp;">`);
    const byHeader = await (await get(kvp, { 'x-api-key': ALICE })).text();
    expect(byHeader).not.toContain(ALICE);
    expect(byHeader).toContain(`<ows:Get xlink:href="${url}/wmts?">`);
    expect(await (await get(`/?key=${ALICE}`)).text()).toContain(
      `/xyz/{sport}/{color}/{z}/{x}/{y}.png?key=${ALICE}`,
    );
    expect(await (await get(`/k/${ALICE}/`)).text()).toContain(
      `/k/${ALICE}/xyz/{sport}/{color}/{z}/{x}/{y}.png`,
    );
    const again = await (await get(`${kvp}&key=${PLAIN}`)).text();
    expect(again).toContain(PLAIN);
    expect(again).not.toContain(ALICE);
  });

  it('that is added or removed takes effect without a restart, and an invalid file keeps the previous keys', async () => {
    await start();
    const file = join(setup.gateway.folder, 'api-keys.json');
    await nextFileChecks();
    await writeFile(file, '{"keys": [');
    await eventually(() => setup.gateway.log().includes('the previous keys stay in use'));
    expect((await get(`${TILE}?key=${ALICE}`)).status).toBe(200);
    await writeFile(file, JSON.stringify({ keys: ['another-key'] }));
    await eventually(async () => (await get(`${TILE}?key=another-key`)).status === 200);
    expect((await get(`${TILE}?key=${ALICE}`)).status).toBe(401);
  });
});

describe('CORS', () => {
  it('answers a preflight without a key, and allows the origin with Vary', async () => {
    await start({ env: { CORS_ORIGINS: 'https://gpx.studio,https://example.org' } });
    const preflight = await fetch(`${setup.gateway.url}${TILE}`, {
      method: 'OPTIONS',
      headers: { origin: 'https://gpx.studio', 'access-control-request-method': 'GET' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://gpx.studio');
    const answer = await get(`${TILE}?key=${ALICE}`, { origin: 'https://gpx.studio' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://gpx.studio');
    expect(answer.headers.get('vary')).toContain('Origin');
    const other = await get(`${TILE}?key=${ALICE}`, { origin: 'https://evil.example' });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
    const refused = await get(TILE, { origin: 'https://gpx.studio' });
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([
      401,
      'https://gpx.studio',
    ]);
    const document = await get(`/wmts/1.0.0/WMTSCapabilities.xml?key=${ALICE}`, {
      origin: 'https://gpx.studio',
    });
    expect(document.headers.get('vary')).toMatch(/Origin.*Accept-Encoding/);
  });
});

describe('a management port', () => {
  it('serves probes and metrics without a key, and removes them from the public port', async () => {
    await start({ env: { MANAGEMENT_PORT: '0' } });
    for (const path of ['/livez', '/readyz', '/metrics'])
      expect((await fetch(`${setup.gateway.managementUrl}${path}`)).status).toBe(200);
    for (const path of ['/livez', '/readyz']) expect((await get(path)).status).toBe(404);
    expect((await get('/metrics', { 'x-api-key': ALICE })).status).toBe(404);
    expect((await fetch(`${setup.gateway.managementUrl}${TILE}?key=${ALICE}`)).status).toBe(404);
    expect((await fetch(`${setup.gateway.managementUrl}/health`)).status).toBe(404);
    expect((await get('/health')).status).toBe(200);
  });
});

describe('no secret', () => {
  it('leaks to the debug log, metrics, health, errors or upstream', async () => {
    await start();
    const cookies = Object.values(setup.simulator.issueCookies()).concat(setup.simulator.sessionValue);
    const held = fullCookies(setup.simulator).map(({ value }) => value);
    setup.simulator.revokeKeyPair();
    const answers = [
      await get(`${TILE}?key=${ALICE}`),
      await get(`/k/${ALICE}${TILE}`),
      await get(`/k/${ALICE}/nothing/${TILE}`),
      await get(`/xyz/all/pink/3/4/2.png?access_token=${ALICE}`, {
        referer: `http://map.example/?token=${ALICE}`,
      }),
      await get(`/xyz/all/hot/3/4/2.png&token=${ALICE}`),
      await get(`/xyz/all/hot/3/4/access_token=${ALICE}`),
      await get(`/nothing/k/${ALICE}`),
      await get(`${TILE}?key=${ALICE}x`),
      await get(`/wmts?SERVICE=WMTS&REQUEST=GetTile&LAYER=x&key=${ALICE}`),
      await get(TILE, basic('alice', ALICE)),
      await get('/health'),
      await get('/readyz'),
      await get('/metrics', { 'x-api-key': ALICE }),
    ];
    setup.simulator.endSession('redirect');
    setup.simulator.revokeKeyPair();
    answers.push(await get(`/xyz/all/hot/14/8000/5000.png?key=${ALICE}`));
    setup.simulator.switches.tiles = { kind: 'reset' };
    answers.push(await get(`/xyz/all/hot/3/1/1.png?key=${ALICE}`));
    const said = (
      await Promise.all(answers.map(async (a) => `${JSON.stringify([...a.headers])} ${await a.text()}`))
    ).join();
    const log = setup.gateway.log();
    expect(log).toContain('"keyId":"alice"');
    const upstream = JSON.stringify(setup.simulator.requests.map(({ url, headers }) => [url, headers]));
    for (const key of [ALICE, PLAIN, BOB]) {
      expect(log).not.toContain(key);
      expect(upstream).not.toContain(key);
      expect(said).not.toContain(key);
    }
    for (const secret of [...cookies, ...held].filter((value) => value.length > 12)) {
      expect(log).not.toContain(secret);
      expect(said).not.toContain(secret);
    }
    expect(said).not.toContain('canary');
    expect(said).not.toMatch(/at \S+ \(/);
    for (const { host, headers } of setup.simulator.requests) {
      const cookie = String(headers.cookie ?? '');
      if (host === 'anonymous' || host === 'oldAnonymous') expect(cookie).toBe('');
      if (host === 'tiles') expect(cookie).not.toContain('_strava4_session');
      if (host === 'web') expect(cookie).toBe(`_strava4_session=${cookie.split('=')[1]}`);
    }
  });
});
