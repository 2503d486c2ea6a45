/** Rate limits per client address and per API key. */
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../../support/eventually.js';
import type { GatewayOptions } from '../../support/gateway.js';
import { withSimulator } from '../../support/with-gateway.js';

const ALICE = 'alices-key-0123456789';
const BOB = 'bobs-key-0123456789';
const KEYS = {
  keys: [
    { id: 'alice', key: ALICE },
    { id: 'bob', key: BOB, rateLimit: { max: 3 } },
  ],
};
const TILE = '/xyz/all/hot/3/4/2.png';

const setup = withSimulator();

const start = (options: GatewayOptions = {}) => setup.start({ cookies: 'full', ...options });
const get = (path: string, headers: Record<string, string> = {}) => setup.get(path, { headers });

async function statuses(
  count: number,
  path: string,
  headers: Record<string, string> = {},
): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < count; i++) found.push((await get(path, headers)).status);
  return found;
}

const rateLimit = (answer: Response) =>
  ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'].map((name) => answer.headers.get(name));

describe('the rate limit per address', () => {
  it('is in the headers of every response, and a request above it gets 429 with Retry-After and no tile', async () => {
    await start({ env: { RATE_LIMIT_PER_ADDRESS: '3' } });
    expect(rateLimit(await get(TILE))).toEqual(['3', '2', '60']);
    expect(await statuses(4, TILE)).toEqual([200, 200, 429, 429]);
    const limited = await get(TILE);
    expect(limited.headers.get('content-type')).toBe('application/problem+json');
    expect(limited.headers.get('cache-control')).toBe('no-store');
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(50);
    expect(rateLimit(limited).slice(0, 2)).toEqual(['3', '0']);
    const report = await get('/wmts?SERVICE=WMTS&REQUEST=GetCapabilities');
    expect([report.status, report.headers.get('content-type')]).toEqual([429, 'application/xml']);
  });

  it('counts requests with refused keys and unknown paths, but not probes', async () => {
    await start({ keys: KEYS, env: { RATE_LIMIT_PER_ADDRESS: '3' } });
    expect(await statuses(5, '/livez')).toEqual([200, 200, 200, 200, 200]);
    expect(await statuses(2, `${TILE}?key=guess`)).toEqual([401, 401]);
    expect(await statuses(2, '/nothing')).toEqual([401, 429]);
    expect(await statuses(1, `${TILE}?key=${ALICE}`)).toEqual([429]);
    expect(await statuses(3, '/readyz')).toEqual([200, 200, 200]);
    await eventually(() => setup.gateway.log().includes('"status":429'));
  });

  it('does not apply to loopback clients by default', async () => {
    await start();
    const answer = await get(TILE);
    expect(rateLimit(answer)).toEqual([null, null, null]);
  });

  it('applies by default to remote clients that a trusted proxy reports', async () => {
    await start({ env: { TRUST_PROXY: 'loopback' } });
    expect(rateLimit(await get(TILE, { 'x-forwarded-for': '192.0.2.1' }))[0]).toBe('6000');
    expect(rateLimit(await get(TILE))[0]).toBeNull();
  });

  it('counts the client that a trusted proxy reports, and an IPv6 client by its /64 network', async () => {
    await start({ env: { TRUST_PROXY: 'loopback', RATE_LIMIT_PER_ADDRESS: '2' } });
    const as = (address: string) => ({ 'x-forwarded-for': address });
    expect(await statuses(3, TILE, as('192.0.2.1'))).toEqual([200, 200, 429]);
    expect(await statuses(1, TILE, as('192.0.2.2'))).toEqual([200]);
    // Only the entry of the trusted proxy counts; the client wrote the one before it.
    expect(await statuses(1, TILE, as('203.0.113.9, 192.0.2.1'))).toEqual([429]);
    expect(await statuses(2, TILE, as('2001:db8::1'))).toEqual([200, 200]);
    expect(await statuses(1, TILE, as('2001:db8::2'))).toEqual([429]);
    expect(await statuses(1, TILE, as('rubbish, "192.0.2.3"'))).toEqual([200]);
  });

  it('counts the client of Forwarded, and clients that cannot be told apart together', async () => {
    await start({ env: { TRUST_PROXY: 'loopback', RATE_LIMIT_PER_ADDRESS: '2' } });
    const as = (forwarded: string, listed?: string) => ({
      forwarded,
      ...(listed !== undefined && { 'x-forwarded-for': listed }),
    });
    expect(await statuses(3, TILE, as('for=192.0.2.1'))).toEqual([200, 200, 429]);
    expect(await statuses(1, TILE, { 'x-forwarded-for': '192.0.2.1' })).toEqual([429]);
    expect(await statuses(1, TILE, as('for="192.0.2.2:4711";proto=https'))).toEqual([200]);
    expect(await statuses(2, TILE, as('for="[2001:db8::1]:80"'))).toEqual([200, 200]);
    expect(await statuses(1, TILE, as('for="[2001:db8::2]"'))).toEqual([429]);
    // The proxy maintains the last entry; the client wrote the one before it.
    expect(await statuses(1, TILE, as('for=203.0.113.9, for=192.0.2.1'))).toEqual([429]);
    // Headers that differ, obfuscated and malformed ones.
    expect(await statuses(1, TILE, as('for=203.0.113.1', '192.0.2.9'))).toEqual([200]);
    expect(await statuses(1, TILE, as('for=_hidden'))).toEqual([200]);
    expect(await statuses(1, TILE, as('for=203.0.113.2', '192.0.2.8'))).toEqual([429]);
    expect(await statuses(1, TILE, as('for=unknown'))).toEqual([429]);
    expect(await statuses(1, TILE, as('rubbish'))).toEqual([429]);
  });

  it('ignores Forwarded if no proxy is trusted', async () => {
    await start({ env: { RATE_LIMIT_PER_ADDRESS: '2' } });
    const found = [];
    for (const i of [1, 2, 3]) found.push((await get(TILE, { forwarded: `for=192.0.2.${i}` })).status);
    expect(found).toEqual([200, 200, 429]);
  });

  it.each([
    ['a tile', TILE, {}],
    ['an unknown path', '/nothing', {}],
    ['/admin', '/admin/status', {}],
    ['a preflight', TILE, { origin: 'https://maps.example', 'access-control-request-method': 'GET' }],
  ])('counts OPTIONS of %s', async (_what, path, headers: Record<string, string>) => {
    await start({ env: { RATE_LIMIT_PER_ADDRESS: '2', CORS_ORIGINS: 'https://maps.example' } });
    const found = [];
    for (let i = 0; i < 3; i++) found.push((await setup.get(path, { method: 'OPTIONS', headers })).status);
    expect(found).toEqual([204, 204, 429]);
    expect(await statuses(1, TILE)).toEqual([429]);
  });

  it('counts the proxy itself if no proxy is trusted', async () => {
    await start({ env: { RATE_LIMIT_PER_ADDRESS: '2' } });
    const found = [];
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3'])
      found.push((await get(TILE, { 'x-forwarded-for': address })).status);
    expect(found).toEqual([200, 200, 429]);
  });
});

describe('the rate limit of a key', () => {
  it('counts the requests of this key from every address and in every form', async () => {
    await start({ keys: KEYS, env: { TRUST_PROXY: 'loopback' } });
    const found = [];
    for (let i = 0; i < 2; i++)
      found.push((await get(`${TILE}?key=${BOB}`, { 'x-forwarded-for': `192.0.2.${i}` })).status);
    found.push((await get(TILE, { 'x-api-key': BOB })).status, (await get(`/k/${BOB}${TILE}`)).status);
    expect(found).toEqual([200, 200, 200, 429]);
    expect(await statuses(1, `${TILE}?key=${ALICE}`)).toEqual([200]);
    const metrics = await (await get('/metrics', { 'x-api-key': ALICE })).text();
    expect(metrics).toContain('heatmap_auth_rejections_total{reason="rate_limited"} 1');
  });

  it('has a default for all keys, which the limit of a single key replaces', async () => {
    await start({ keys: KEYS, env: { RATE_LIMIT_PER_KEY: '5' } });
    expect(rateLimit(await get(`${TILE}?key=${ALICE}`)).slice(0, 2)).toEqual(['5', '4']);
    expect(rateLimit(await get(`${TILE}?key=${BOB}`)).slice(0, 2)).toEqual(['3', '2']);
  });

  it('and the limit per address: the headers show the limit with fewer requests left', async () => {
    await start({ keys: KEYS, env: { RATE_LIMIT_PER_ADDRESS: '2' } });
    expect(rateLimit(await get(`${TILE}?key=${BOB}`)).slice(0, 2)).toEqual(['2', '1']);
    await start({ keys: KEYS, env: { RATE_LIMIT_PER_ADDRESS: '200' } });
    expect(rateLimit(await get(`${TILE}?key=${BOB}`)).slice(0, 2)).toEqual(['3', '2']);
  });
});
