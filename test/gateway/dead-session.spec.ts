/** A rejected session: the notice tile, redirects to the anonymous host, and automatic login. */
import { describe, expect, it } from '@jest/globals';
import { PNG } from 'pngjs';
import { tileWithHeat } from '../simulator/find-tile.js';
import { EMAIL, PASSWORD } from '../simulator/login.js';
import { eventually } from '../support/eventually.js';
import { rawRequest, type RawAnswer } from '../support/raw-request.js';
import { withSimulator } from '../support/with-gateway.js';

const setup = withSimulator();
const { x, y } = tileWithHeat(14);
const deep = `/xyz/all/hot/14/${x}/${y}`;
const low = `/xyz/all/hot/11/${x >> 3}/${y >> 3}`;
const get = (path: string) => setup.get(path, { redirect: 'manual' });

const startRejected = async (env: Record<string, string>) => {
  await setup.start({ cookies: 'full', env });
  setup.simulator.endSession('redirect');
  setup.simulator.revokeKeyPair();
};

/** What programs send: those that prefer images, those that honour no-store, and those that store each tile. */
const IMAGES: [name: string, headers: Record<string, string>][] = [
  ['Chromium', { accept: 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8' }],
  ['Firefox', { accept: 'image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5' }],
  [
    'Safari',
    {
      accept:
        'image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5',
    },
  ],
  ['an old Edge', { accept: 'image/png, image/svg+xml, image/*;q=0.8, */*;q=0.5' }],
  [
    'JOSM, which does not draw it',
    {
      accept: 'text/html, image/png, image/jpeg, image/gif, */*',
      'user-agent': 'JOSM/1.5 (18646 Debian en)',
    },
  ],
];
const DISCARDING: typeof IMAGES = [
  ['MapLibre', { accept: 'image/webp,*/*', origin: 'https://maps.example', 'sec-fetch-mode': 'cors' }],
  ['a page at a LAN address', { accept: '*/*', origin: 'http://192.168.1.2' }],
  ['a page of the same origin', { accept: '*/*', 'sec-fetch-mode': 'cors' }],
  ['QGIS', { accept: '*/*', 'user-agent': 'Mozilla/5.0 QGIS/32216' }],
];
const STORING: typeof IMAGES = [
  ['Java', { accept: 'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2', 'user-agent': 'Java/17.0.9' }],
  ['QMapShack', { 'user-agent': 'Mozilla/5.0' }],
  ['GDAL', { accept: '*/*', 'user-agent': 'GDAL WMS driver (http://www.gdal.org/frmt_wms.html)' }],
  ['curl', { accept: '*/*', 'user-agent': 'curl/8.5.0' }],
];

describe('a tile that needs the rejected session', () => {
  const SIZES = [
    ['', 256],
    ['@2x', 512],
    ['@4x', 1024],
  ] as const;
  const WMTS = `/wmts/1.0.0/all-hot/default/GoogleMapsCompatible/14/${y}/${x}.png`;
  const getAs = (path: string, headers: Record<string, string>) =>
    fetch(`${setup.gateway.url}${path}`, { headers });
  /** `fetch` adds the Sec-Fetch-Mode of browsers. */
  const getRaw = (path: string, headers: Record<string, string>) =>
    rawRequest(setup.gateway.url, path, headers);

  async function expectNotice(answer: Response, status: number, size: number): Promise<void> {
    const { headers } = answer;
    expect([answer.status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
      status,
      'image/png',
      'no-store',
    ]);
    expect(headers.get('etag')).toBeNull();
    expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    const png = PNG.sync.read(Buffer.from(await answer.arrayBuffer()));
    expect([png.width, png.height]).toEqual([size, size]);
    expect(png.data.some((byte, i) => i % 4 === 3 && byte === 255)).toBe(true);
  }

  function expectProblem({ status, head, body }: RawAnswer, type = 'application/problem+json'): void {
    expect([status, /^content-type: (.*)\r$/im.exec(head)?.[1]]).toEqual([503, type]);
    expect(body).toContain('session');
  }

  it.each(['false', 'true'])('is 503 with a readable picture for an image, with %s', async (setting) => {
    await startRejected({ SESSION_EXPIRED_TILE: setting });
    for (const [, headers] of IMAGES) await expectNotice(await getAs(`${deep}.png`, headers), 503, 256);
    for (const [suffix, size] of SIZES)
      await expectNotice(await getAs(`${deep}${suffix}.png`, IMAGES[0]![1]), 503, size);
    await expectNotice(await getAs(WMTS, IMAGES[0]![1]), 503, 256);
    const log = setup.gateway.log();
    expect(log).toContain('"status":503');
  });

  it('is 503 with a problem or report for all others', async () => {
    await startRejected({});
    for (const [, headers] of [...DISCARDING, ...STORING])
      expectProblem(await getRaw(`${deep}.png`, headers));
    expectProblem(await getRaw(WMTS, { accept: 'application/xml' }), 'application/xml');
  });

  it('is a tile with the notice for programs that honour no-store, with SESSION_EXPIRED_TILE', async () => {
    await startRejected({ SESSION_EXPIRED_TILE: 'true' });
    for (const [, headers] of DISCARDING) await expectNotice(await getAs(`${deep}.png`, headers), 200, 256);
    for (const [suffix, size] of SIZES)
      await expectNotice(await getAs(`${deep}${suffix}.png`, DISCARDING[0]![1]), 200, size);
    for (const [, headers] of STORING) expectProblem(await getRaw(`${deep}.png`, headers));
  });

  it('has no notice at low zoom levels, which need no session', async () => {
    await startRejected({ SESSION_EXPIRED_TILE: 'true' });
    for (const [, headers] of [...IMAGES, ...DISCARDING])
      expect((await getAs(`${low}.png`, headers)).headers.get('cache-control')).toContain('max-age');
  });
});

describe('a tile that fails for another reason', () => {
  it('has no notice', async () => {
    await setup.start({ env: { SESSION_EXPIRED_TILE: 'true' } });
    for (const [, headers] of [...IMAGES, ...DISCARDING]) {
      const answer = await fetch(`${setup.gateway.url}${deep}.png`, { headers });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    }
  });
});

describe('ANONYMOUS_MODE=redirect', () => {
  it('redirects low zoom levels to the source that answers by an absolute URL without the key', async () => {
    await setup.start({
      env: { ANONYMOUS_MODE: 'redirect' },
      keys: { keys: ['a-secret-key'] },
    });
    // The gateway fetches the first tile itself and learns which source answers.
    expect((await get('/xyz/all/hot/1/0/0.png?key=a-secret-key')).status).toBe(200);
    const answer = await get(`${low}.png?key=a-secret-key`);
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe(
      `${setup.simulator.tilesUrl}/anon/globalheat/all/hot/11/${x >> 3}/${y >> 3}.png?px=256&v=20`,
    );
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
    expect((await fetch(answer.headers.get('location')!)).status).toBe(200);
    expect((await get(`${deep}.png?key=a-secret-key`)).status).toBe(404);
    expect(setup.simulator.counters.requests).toEqual({ tiles: 0, web: 0, anonymous: 2, oldAnonymous: 0 });
  });

  it('redirects to the old source while the current one does not answer', async () => {
    await setup.start({ env: { ANONYMOUS_MODE: 'redirect' } });
    setup.simulator.switches.anonymous = { kind: 'reset' };
    expect((await get('/xyz/all/hot/1/0/0.png')).status).toBe(200);
    const answer = await get(`${low}@2x.png`);
    expect([answer.status, answer.headers.get('location')]).toEqual([
      302,
      `${setup.simulator.anonymousUrl}/tiles/all/hot/11/${x >> 3}/${y >> 3}.png?px=512`,
    ]);
    expect((await fetch(answer.headers.get('location')!)).status).toBe(200);
  });

  it('serves the tile itself if the key is in a header, because a client may repeat the header after a redirect', async () => {
    await setup.start({
      env: { ANONYMOUS_MODE: 'redirect' },
      keys: { keys: ['a-secret-key'] },
    });
    const answer = await fetch(`${setup.gateway.url}${low}.png`, {
      redirect: 'manual',
      headers: { 'x-api-key': 'a-secret-key' },
    });
    expect(answer.status).toBe(200);
    expect(JSON.stringify(setup.simulator.requests)).not.toContain('a-secret-key');
  });

  it('causes no redirect while there are valid cookies', async () => {
    await setup.start({
      cookies: 'full',
      env: { ANONYMOUS_MODE: 'redirect' },
    });
    expect((await get(`${low}.png`)).status).toBe(200);
    expect(setup.simulator.counters.requests).toMatchObject({ anonymous: 0, oldAnonymous: 0 });
  });
});

describe('SESSION_RENEWAL=form', () => {
  const env = { SESSION_RENEWAL: 'form', STRAVA_EMAIL: EMAIL, STRAVA_PASSWORD: PASSWORD };

  it('keeps no client waiting for the login', async () => {
    await startRejected(env);
    // The delay keeps the login from finishing before the web host stalls.
    setup.simulator.switches.web = { kind: 'latency', latencyMs: 100 };
    expect((await get(`${deep}.png`)).status).toBe(503);
    setup.simulator.switches.web = { kind: 'stall' };
    const meanwhile = await get(`${deep}@2x.png`);
    expect([meanwhile.status, Number(meanwhile.headers.get('retry-after')) > 0]).toEqual([503, true]);
    expect(setup.simulator.counters.logins.total).toBe(0);
    expect(setup.simulator.counters.inFlight.web).toBe(1);
  });

  it('logs in again when the session is rejected', async () => {
    await startRejected(env);
    expect((await get(`${deep}.png`)).status).toBe(503);
    setup.simulator.switches.endedSession = null;
    await eventually(async () => (await get(`${deep}.png`)).status === 200);
    expect(setup.simulator.counters.logins).toEqual({ total: 1, succeeded: 1 });
    const log = setup.gateway.log();
    expect(log).not.toContain(PASSWORD);
    expect(log).not.toContain(EMAIL);
  });

  it('tries once, and then waits for hours', async () => {
    await startRejected({ ...env, STRAVA_PASSWORD: 'wrong' });
    expect((await get(`${deep}.png`)).status).toBe(503);
    await eventually(() => setup.gateway.log().includes('logging in again failed'));
    for (let i = 0; i < 5; i++) await get(`/xyz/all/hot/14/${x + i}/${y}.png`);
    expect(setup.simulator.counters.logins).toEqual({ total: 1, succeeded: 0 });
    const health = (await (await get('/health')).json()) as { reason: string };
    expect(health.reason).toContain('logging in again failed (wrong_credentials');
  });
});
