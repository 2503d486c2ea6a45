import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { tileWithHeat, tileWithoutHeat, type TilePosition } from '../find-tile.js';
import { startSimulator, type Simulator } from '../simulator.js';
import { cookieHeader, decodePng, send, type Reply } from '../spec-client.js';

let now = Date.UTC(2026, 0, 15);
let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator({ now: () => now, cookieLifetimeSeconds: 3600 });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

function tileUrl({ z, x, y }: TilePosition, end = '.png?px=256&v=19', layer = 'all/hot'): string {
  return `${simulator.tilesUrl}/identified/globalheat/${layer}/${z}/${x}/${y}${end}`;
}

function get(url: string, cookies: Record<string, string> = simulator.issueCookies()): Promise<Reply> {
  return send(url, { headers: cookieHeader(cookies) });
}

function without(name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(simulator.issueCookies()).filter(([known]) => known !== name));
}

describe('the tile host', () => {
  it.each([
    ['.png?px=256&v=19', 256],
    ['.png?v=19', 512],
    ['.png?px=512&v=20', 512],
    ['.png', 512],
    ['@2x.png?v=20', 1024],
  ])('serves %s as a PNG of %d pixels', async (end, size) => {
    const { status, headers, body } = await get(tileUrl(tileWithHeat(12), end));
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('image/png');
    const { width, height, data } = decodePng(body);
    expect([width, height]).toEqual([size, size]);
    expect(new Set(data.filter((_, at) => at % 4 === 3)).size).toBeGreaterThan(20);
  });

  it.each([
    ['.png?px=256', 16],
    ['.png', 15],
    ['@2x.png', 14],
  ])('has %s up to zoom %d', async (end, maxZoom) => {
    expect((await get(tileUrl(tileWithHeat(maxZoom), end))).status).toBe(200);
    expect((await get(tileUrl(tileWithHeat(maxZoom + 1), end))).status).toBe(404);
  });

  it('refuses with the XML of CloudFront, for every reason', async () => {
    const url = tileUrl(tileWithHeat(3));
    const stale = simulator.issueCookies();
    const reasons: Array<[string, Record<string, string>]> = [
      ['MissingKey', {}],
      ['MissingKey', without('CloudFront-Signature')],
      ['InvalidKey', { ...stale, 'CloudFront-Key-Pair-Id': 'KNONSENSE' }],
      ['MalformedPolicy', { ...stale, 'CloudFront-Policy': 'nonsense' }],
      ['AccessDenied', { ...stale, 'CloudFront-Signature': 'nonsense' }],
      ['AccessDenied', simulator.issueCookies({ lifetimeSeconds: -1 })],
      ['AccessDenied', simulator.issueCookies({ resource: 'https://content-a.strava.com/*' })],
      ['AccessDenied', simulator.issueCookies({ resource: `${simulator.tilesUrl}/anon/*` })],
    ];
    for (const [code, cookies] of reasons) {
      const { status, headers, body } = await get(url, cookies);
      expect([status, headers['content-type']]).toEqual([403, 'application/xml']);
      expect(body.toString()).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?><Error><Code>/);
      expect(body.toString()).toContain(`<Code>${code}</Code><Message>`);
    }
  });

  it('answers 401 when only the identity token is missing, forged or expired', async () => {
    const url = tileUrl(tileWithHeat(3));
    const forged = `${(simulator.issueCookies()['_strava_idcf'] ?? '').slice(0, -4)}AAAA`;
    for (const cookies of [
      without('_strava_idcf'),
      { ...simulator.issueCookies(), _strava_idcf: forged },
      { ...simulator.issueCookies(), _strava_idcf: 'no.jwt' },
      simulator.issueCookies({ identityLifetimeSeconds: -1 }),
    ]) {
      expect((await get(url, cookies)).status).toBe(401);
    }
  });

  it('lets cookies expire by the injected clock', async () => {
    const cookies = simulator.issueCookies();
    now += 3_599_000;
    expect((await get(tileUrl(tileWithHeat(3)), cookies)).status).toBe(200);
    now += 1000;
    expect((await get(tileUrl(tileWithHeat(3)), cookies)).status).toBe(403);
  });

  it('refuses all cookies issued before a revocation, and accepts those issued after it', async () => {
    const before = simulator.issueCookies();
    simulator.revokeKeyPair();
    const { status, body } = await get(tileUrl(tileWithHeat(3)), before);
    expect([status, body.toString()]).toEqual([403, expect.stringContaining('InvalidKey')]);
    expect((await get(tileUrl(tileWithHeat(3)))).status).toBe(200);
  });

  it('checks the cookies before the path', async () => {
    expect((await get(`${simulator.tilesUrl}/identified/nothing`, {})).status).toBe(403);
    expect((await get(`${simulator.tilesUrl}/identified/nothing`)).status).toBe(404);
  });

  it.each(['cycling', 'sport_Sailing', 'run,ride'])('answers 400 to the sport "%s"', async (sport) => {
    expect((await get(tileUrl(tileWithHeat(3), '.png', `${sport}/hot`))).status).toBe(400);
  });

  it('serves an unknown color as hot', async () => {
    const [hot, odd] = [
      await get(tileUrl(tileWithHeat(3))),
      await get(tileUrl(tileWithHeat(3), '.png?px=256', 'all/odd')),
    ];
    expect(odd.status).toBe(200);
    expect(odd.body.equals(hot.body)).toBe(true);
  });

  it('answers 404 without heat, and everywhere for sports without data', async () => {
    expect((await get(tileUrl(tileWithoutHeat(10)))).status).toBe(404);
    expect((await get(tileUrl(tileWithoutHeat(14)))).status).toBe(404);
    expect((await get(tileUrl(tileWithHeat(2), '.png', 'sport_Yoga/hot'))).status).toBe(404);
  });

  it.each(['http*://*/identified/*', '*://127.0.0.?:*', '*'])(
    'accepts the policy resource %s',
    async (resource) => {
      expect((await get(tileUrl(tileWithHeat(3)), simulator.issueCookies({ resource }))).status).toBe(200);
    },
  );

  it('turns a tile without heat into an opaque black one for missing=empty', async () => {
    const { status, body } = await get(tileUrl(tileWithoutHeat(10), '.png?px=256&missing=empty'));
    expect(status).toBe(200);
    const { data } = decodePng(body);
    expect(data.every((byte, at) => byte === (at % 4 === 3 ? 255 : 0))).toBe(true);
  });

  it('answers 404 outside the map', async () => {
    expect((await get(tileUrl({ z: 2, x: 4, y: 0 }))).status).toBe(404);
  });

  it('answers 304 without a body to a request with the current ETag or date', async () => {
    const url = tileUrl(tileWithHeat(5));
    const { headers } = await get(url);
    expect(headers.etag).toMatch(/^"[0-9a-f]+"$/);
    const cookies = cookieHeader(simulator.issueCookies());
    const again = (conditions: Record<string, string>): Promise<Reply> =>
      send(url, { headers: { ...cookies, ...conditions } });
    const unchanged = await again({ 'If-None-Match': `"other", ${headers.etag}` });
    expect([unchanged.status, unchanged.body.length, unchanged.headers.etag]).toEqual([304, 0, headers.etag]);
    expect((await again({ 'If-Modified-Since': headers['last-modified'] ?? '' })).status).toBe(304);
    expect((await again({ 'If-None-Match': '"other"' })).status).toBe(200);
  });

  it('answers HEAD like GET, without the body', async () => {
    const url = tileUrl(tileWithHeat(5));
    const { headers } = await get(url);
    const head = await send(url, { method: 'HEAD', headers: cookieHeader(simulator.issueCookies()) });
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect(head.headers['content-length']).toBe(headers['content-length']);
  });

  it('adds headers to all responses that a gateway must not forward', async () => {
    const responses = [
      await get(tileUrl(tileWithHeat(5))),
      await get(tileUrl(tileWithoutHeat(12))),
      await get(tileUrl(tileWithHeat(5)), {}),
      await get(tileUrl(tileWithHeat(5)), without('_strava_idcf')),
    ];
    expect(responses.map(({ status }) => status)).toEqual([200, 404, 403, 401]);
    for (const { headers } of responses) {
      expect(headers['x-upstream-canary']).toBe('do-not-forward');
      expect(headers['set-cookie']).toEqual(['upstream_canary=1; Path=/']);
    }
  });

  it('can refuse every request, and can have no heat anywhere', async () => {
    simulator.switches.refuseAll = true;
    expect((await get(tileUrl(tileWithHeat(5)))).status).toBe(403);
    simulator.switches.refuseAll = false;
    simulator.switches.emptyEverywhere = true;
    expect((await get(tileUrl(tileWithHeat(5)))).status).toBe(404);
  });

  it('counts requests by tile', async () => {
    await get(tileUrl({ z: 1, x: 1, y: 0 }));
    await get(tileUrl({ z: 1, x: 1, y: 0 }), {});
    await get(tileUrl({ z: 1, x: 1, y: 0 }, '@2x.png', 'run/blue'));
    expect(simulator.counters.tiles).toEqual({ 'all/hot/1/1/0/256': 2, 'run/blue/1/1/0/1024': 1 });
    expect(simulator.counters.statuses.tiles).toEqual({ 200: 2, 403: 1 });
    expect(simulator.counters.requests).toEqual({ tiles: 3, web: 0, anonymous: 0, oldAnonymous: 0 });
  });
});
