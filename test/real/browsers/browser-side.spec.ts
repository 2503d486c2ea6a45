/** What browsers make of the gateway's headers: real pages of several origins, in a real Chromium. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page, Request } from 'playwright-core';
import { tileWithHeat, tileWithoutHeat } from '../../simulator/find-tile.js';
import { eventually } from '../../support/eventually.js';
import type { RunningGateway } from '../../support/gateway.js';
import { describeWith } from '../../support/programs/describe-with.js';
import { startChromium } from './chromium.js';
import { drawIn, embedIn, openPage, readableIn, readIn } from './map-page.js';
import { decode, difference, premultiplied, type Picture } from '../clients/pixels.js';
import { upstreamTileWithHeat } from '../../support/tiles/upstream-tile.js';
import { startWebSite, type WebSite } from './web-site.js';
import { withSimulator } from '../../support/with-gateway.js';

const KEY = 'plain-key-0123456789';
const RIDER = 'riders-key-0123456789';
const SLOW = 'slow-key-0123456789';
const PAGE_KEY = 'key-of-a-page-0123456789';

const setup = withSimulator({ per: 'suite' });
let site: WebSite;
let browser: Browser;
/** Without keys; the origins `maps` and `old` are allowed. */
let open: RunningGateway;
/** With keys; the same origins are allowed. */
let keyed: RunningGateway;

const originAt = (host: string) => `http://${host}.localhost:${site.port}`;
/** Two allowed origins of one site: browsers keep one HTTP cache for both. */
const maps = () => originAt('maps');
const old = () => originAt('old.maps');
/** An origin of the same site and one of another site, both not allowed. */
const neighbour = () => originAt('blog.maps');
const stranger = () => originAt('stranger');

/** A window with nothing in its caches, and a page in it. */
async function visit(address: string, options: BrowserContextOptions = {}): Promise<Page> {
  return openPage(await browser.newContext(options), address);
}

/** A second page in the window of the first. */
const visitAlso = (page: Page, address: string) => openPage(page.context(), address);

const xyz = ({ z, x, y }: { z: number; x: number; y: number }) => `/xyz/all/hot/${z}/${x}/${y}.png`;
const tile = tileWithHeat(9);
const TILE = xyz(tile);

async function expectUpstreamPixels(drawn: { width: number } | Picture): Promise<void> {
  const expected = decode(await upstreamTileWithHeat(setup.simulator, tile, 256));
  expect(drawn).toHaveProperty('data');
  expect(difference(premultiplied(drawn as Picture), premultiplied(expected))).toBeUndefined();
}

/** Method and status of every request that has reached the gateway at `path`, in order. */
function served(running: RunningGateway, path: string): string[] {
  return running
    .log()
    .split('\n')
    .filter((line) => line.includes(`"path":"${path}"`))
    .map((line) => JSON.parse(line) as { method: string; status: number })
    .map(({ method, status }) => `${method} ${status}`);
}

describeWith(['sh', '-c', 'chromium --version'], 'in Chromium,', () => {
  beforeAll(async () => {
    site = await startWebSite();
    browser = await startChromium();
    const env = { CORS_ORIGINS: `${maps()},${old()}` };
    open = await setup.start({ cookies: 'full', env: { ...env, RATE_LIMIT_PER_ADDRESS: '100000' } });
    keyed = await setup.start({
      cookies: 'full',
      env,
      keys: {
        keys: [
          KEY,
          { id: 'rider', key: RIDER, sports: ['ride'] },
          { id: 'slow', key: SLOW, rateLimit: { max: 1 } },
          { id: 'page', key: PAGE_KEY, origins: [maps()] },
        ],
      },
    });
  });

  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  });

  afterAll(async () => {
    await browser.close();
    await site.close();
  });

  describe('a page of an allowed origin', () => {
    it('draws a tile on a canvas and reads the pixels of the upstream', async () => {
      const page = await visit(maps());
      await expectUpstreamPixels(await drawIn(page, `${open.url}${TILE}`, { crossOrigin: 'anonymous' }));
    });

    it('reads with fetch the bytes, the ETag and what is left of the limit', async () => {
      const page = await visit(maps());
      const { type, status, headers, body } = await readableIn(page, `${open.url}${TILE}`);
      expect([type, status]).toEqual(['cors', 200]);
      expect(body.equals(await upstreamTileWithHeat(setup.simulator, tile, 256))).toBe(true);
      expect(headers).toMatchObject({
        'content-type': 'image/png',
        etag: expect.stringMatching(/^"[^"]+"$/),
        'ratelimit-limit': '100000',
        'ratelimit-remaining': expect.stringMatching(/^\d+$/),
        'ratelimit-reset': expect.stringMatching(/^\d+$/),
      });
    });

    it.each([
      ['X-API-Key', { 'X-API-Key': KEY }],
      ['Authorization: Bearer', { Authorization: `Bearer ${KEY}` }],
      ['Authorization: Basic', { Authorization: `Basic ${Buffer.from(`map:${KEY}`).toString('base64')}` }],
    ])('sends its key with %s, after a preflight without it', async (_name, headers) => {
      const page = await visit(maps());
      const before = served(keyed, TILE).length;
      const answer = await readableIn(page, `${keyed.url}${TILE}`, { headers });
      expect(answer.status).toBe(200);
      expect(answer.body.equals(await upstreamTileWithHeat(setup.simulator, tile, 256))).toBe(true);
      await eventually(() => served(keyed, TILE).length === before + 2);
      expect(served(keyed, TILE).slice(before)).toEqual(['OPTIONS 204', 'GET 200']);
    });

    it.each([
      ['400, which no hook sees', 400, '/%zz', {}],
      ['401 without a key', 401, TILE, {}],
      ['401 with a wrong key', 401, TILE, { 'X-API-Key': 'wrong' }],
      ['403', 403, TILE, { 'X-API-Key': RIDER }],
      ['404 for what is not there', 404, '/nothing', { 'X-API-Key': KEY }],
      ['404 for a layer', 404, '/xyz/all/pink/0/0/0.png', { 'X-API-Key': KEY }],
      ['414, which no hook sees', 414, `/xyz/all/hot/0/0/${'1'.repeat(200)}.png`, {}],
    ])('reads the error %s', async (_name, status, path, headers) => {
      const page = await visit(maps());
      const answer = await readableIn(page, `${keyed.url}${path}`, { headers });
      expect(answer.status).toBe(status);
      expect(answer.headers['content-type']).toBe('application/problem+json');
      expect(JSON.parse(answer.body.toString())).toMatchObject({ status, detail: expect.any(String) });
    });

    it('reads with the error 429 when to come back', async () => {
      const page = await visit(maps());
      const ask = () => readableIn(page, `${keyed.url}${TILE}?key=${SLOW}&again`, { cache: 'no-cache' });
      expect((await ask()).status).toBe(200);
      const { status, headers, body } = await ask();
      expect([status, JSON.parse(body.toString())]).toEqual([429, expect.objectContaining({ status: 429 })]);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
      expect(headers).toMatchObject({ 'ratelimit-limit': '1', 'ratelimit-remaining': '0' });
    });

    it('reads with the error 503 when to come back', async () => {
      const tired = await setup.start({
        cookies: 'full',
        env: { CORS_ORIGINS: maps() },
      });
      setup.simulator.switches.tiles = { kind: 'status', status: 503, retryAfterSeconds: 7 };
      const page = await visit(maps());
      const { status, headers, body } = await readableIn(page, `${tired.url}${xyz(tileWithHeat(15))}`);
      expect([status, JSON.parse(body.toString())]).toEqual([503, expect.objectContaining({ status: 503 })]);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    });

    it('reads a tile that its browser has kept and only asks about again', async () => {
      const page = await visit(maps());
      const path = xyz(tileWithHeat(5));
      const url = `${open.url}${path}`;
      const drawn = (await drawIn(page, url, { crossOrigin: 'anonymous' })) as Picture;
      const again = await readableIn(page, url, { cache: 'no-cache' });
      await eventually(() => served(open, path).length === 2);
      expect(served(open, path)).toEqual(['GET 200', 'GET 304']);
      expect([again.status, decode(again.body).width]).toEqual([200, 256]);
      // Once more, from the cache, in which the headers are now those of the 304.
      const later = await visitAlso(page, maps());
      expect(await drawIn(later, url, { crossOrigin: 'anonymous' })).toEqual(drawn);
      expect(await readableIn(later, url, { cache: 'force-cache' })).toEqual(again);
      expect(served(open, path)).toHaveLength(2);
    });

    it('asks about a tile that it keeps itself, and reads the 304', async () => {
      const page = await visit(maps());
      const url = `${open.url}${xyz(tileWithHeat(6))}`;
      const { headers } = await readableIn(page, url);
      const unchanged = await readableIn(page, url, { headers: { 'If-None-Match': headers.etag! } });
      expect([unchanged.status, unchanged.headers.etag]).toEqual([304, headers.etag]);
    });

    it('reads documents, and draws where there is no heat', async () => {
      const page = await visit(maps());
      for (const path of [
        '/wmts/1.0.0/WMTSCapabilities.xml',
        '/tilejson/all/hot.json',
        '/tms/1.0.0',
        '/health',
      ])
        expect([path, (await readableIn(page, `${open.url}${path}`)).status]).toEqual([path, 200]);
      const empty = `${open.url}${xyz(tileWithoutHeat(9))}`;
      const drawn = (await drawIn(page, empty, { crossOrigin: 'anonymous' })) as Picture;
      expect(drawn.data.every((byte) => byte === 0)).toBe(true);
    });
  });

  describe('a browser that keeps a tile for one page', () => {
    it('gives it to a canvas also when a plain picture had it first', async () => {
      const page = await visit(maps());
      const url = `${open.url}${TILE}`;
      expect(await drawIn(page, url)).toMatchObject({ width: 256, tainted: 'SecurityError' });
      await expectUpstreamPixels(await drawIn(page, url, { crossOrigin: 'anonymous' }));
      expect((await readableIn(page, url)).status).toBe(200);
    });

    it('lets another allowed origin read it too, in either order, and asks no more than it must', async () => {
      const path = xyz(tileWithHeat(7));
      const url = `${open.url}${path}`;
      const one = await visit(maps());
      const drawn = await drawIn(one, url, { crossOrigin: 'anonymous' });
      expect(drawn).toHaveProperty('data');
      const two = await visitAlso(one, old());
      expect(await drawIn(two, url, { crossOrigin: 'anonymous' })).toEqual(drawn);
      const three = await visitAlso(one, maps());
      expect(await drawIn(three, url, { crossOrigin: 'anonymous' })).toEqual(drawn);
      // That the tile came but once shows that the pages do share a cache.
      await eventually(() => served(open, path).length === 3);
      expect(served(open, path).slice(1)).toEqual(['GET 304', 'GET 304']);
    });

    it('keeps neither the permission of one origin for another, nor the refusal', async () => {
      const url = `${open.url}${xyz(tileWithHeat(8))}`;
      const mayNot = await visit(neighbour());
      const isRefused = async (page: Page) => {
        expect(await readIn(page, url)).toBe('TypeError');
        expect(await drawIn(page, url, { crossOrigin: 'anonymous' })).toEqual({ width: 0 });
        // A browser keeps what it shows, and may forget what it refuses.
        expect(await drawIn(page, url)).toMatchObject({ width: 256, tainted: 'SecurityError' });
      };
      await isRefused(mayNot);
      const may = await visitAlso(mayNot, maps());
      expect((await readableIn(may, url)).status).toBe(200);
      expect(await drawIn(may, url, { crossOrigin: 'anonymous' })).toHaveProperty('data');
      await isRefused(await visitAlso(mayNot, neighbour()));
    });
  });

  describe.each([
    ['of the same site', neighbour],
    ['of another site', stranger],
  ])('a page of another origin %s', (_name, origin) => {
    it('shows a tile, and can neither fetch it nor read its pixels', async () => {
      const page = await visit(origin());
      const url = `${open.url}${TILE}`;
      expect(await readIn(page, url)).toBe('TypeError');
      expect(await drawIn(page, url, { crossOrigin: 'anonymous' })).toEqual({ width: 0 });
      expect(await drawIn(page, url)).toEqual({ width: 256, height: 256, tainted: 'SecurityError' });
    });

    it('gets no further than the preflight with a key', async () => {
      const page = await visit(origin());
      const path = xyz(tileWithHeat(10));
      expect(await readIn(page, `${keyed.url}${path}`, { headers: { 'X-API-Key': KEY } })).toBe('TypeError');
      await eventually(() => served(keyed, path).length > 0);
      expect(served(keyed, path).filter((line) => !line.startsWith('OPTIONS'))).toEqual([]);
    });

    it('reads no document and no error', async () => {
      const page = await visit(origin());
      for (const path of ['/', '/health', '/nothing', '/%zz', '/tilejson/all/hot.json', '/admin/status'])
        expect([path, await readIn(page, `${open.url}${path}`)]).toEqual([path, 'TypeError']);
    });

    it('embeds nothing but tiles', async () => {
      const page = await visit(origin());
      const noCors = { mode: 'no-cors' } as const;
      for (const path of [
        '/',
        '/health',
        '/metrics',
        '/tilejson/all/hot.json',
        '/wmts/1.0.0/WMTSCapabilities.xml',
      ]) {
        const url = `${open.url}${path}`;
        expect([path, await readIn(page, url, noCors)]).toEqual([path, 'TypeError']);
        for (const [name, attributes] of [
          ['img', { src: url }],
          ['script', { src: url }],
          ['link', { rel: 'stylesheet', href: url }],
        ] as const)
          expect([path, name, await embedIn(page, name, attributes)]).toEqual([path, name, 'error']);
      }
      for (const path of ['/nothing', '/%zz', '/xyz/all/pink/0/0/0.png']) {
        const url = `${open.url}${path}`;
        expect(await readIn(page, url, noCors)).toMatchObject({ type: 'opaque', status: 0 });
        expect(await embedIn(page, 'img', { src: url })).toBe('error');
      }
      const url = `${open.url}${TILE}`;
      expect(await readIn(page, url, noCors)).toMatchObject({ type: 'opaque', status: 0 });
      expect(await embedIn(page, 'img', { src: url })).toBe('load');
      expect(await embedIn(page, 'script', { src: url })).toBe('error');
      expect(await embedIn(page, 'link', { rel: 'stylesheet', href: url })).toBe('error');
    });

    it('has no frame with anything but a tile', async () => {
      const page = await visit(origin());
      const shownIn = async (path: string) => {
        const navigated = page.waitForEvent('framenavigated', (frame) =>
          /^(http|chrome-error)/.test(frame.url()),
        );
        await embedIn(page, 'iframe', { src: `${open.url}${path}` });
        return (await navigated).url();
      };
      for (const path of ['/', '/health', '/nothing', '/%zz', '/wmts/1.0.0/WMTSCapabilities.xml'])
        expect([path, await shownIn(path)]).toEqual([path, 'chrome-error://chromewebdata/']);
      expect(await shownIn(TILE)).toBe(`${open.url}${TILE}`);
    });
  });

  describe('without CORS_ORIGINS', () => {
    it('no page reads, and every page shows tiles', async () => {
      const shut = await setup.start({ cookies: 'full' });
      const page = await visit(maps());
      const url = `${shut.url}${TILE}`;
      expect(await readIn(page, url)).toBe('TypeError');
      expect(await drawIn(page, url)).toMatchObject({ width: 256, tainted: 'SecurityError' });
    });
  });

  describe('with CORS_ORIGINS=*', () => {
    it('every page reads, with a key as well', async () => {
      const wide = await setup.start({
        cookies: 'full',
        keys: { keys: [KEY] },
        env: { CORS_ORIGINS: '*' },
      });
      const page = await visit(stranger());
      const url = `${wide.url}${TILE}`;
      expect((await readableIn(page, url)).status).toBe(401);
      for (const headers of [{ 'X-API-Key': KEY }, { Authorization: `Bearer ${KEY}` }])
        expect((await readableIn(page, url, { headers })).status).toBe(200);
      await expectUpstreamPixels(await drawIn(page, `${url}?key=${KEY}`, { crossOrigin: 'anonymous' }));
      // The admin key is for the extension: no page is let send one.
      const headers = { Authorization: 'Bearer an-admin-key-0123456789' };
      expect(await readIn(page, `${wide.url}/admin/status`, { headers })).toBe('TypeError');
    });
  });

  describe('a page that isolates itself', () => {
    const { z, x, y } = tile;

    it.each([
      TILE,
      xyz(tileWithoutHeat(9)),
      `/wmts/1.0.0/all-hot/default/GoogleMapsCompatible/${z}/${y}/${x}.png`,
      `/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=all-hot&STYLE=default&FORMAT=image/png&TILEMATRIXSET=GoogleMapsCompatible&TILEMATRIX=${z}&TILEROW=${y}&TILECOL=${x}`,
      `/tms/1.0.0/all-hot/${z}/${x}/${2 ** z - 1 - y}.png`,
      `/identified/globalheat/all/hot/${z}/${x}/${y}.png?px=256`,
    ])('shows the tile %s, also one that was kept, though it may not read it', async (path) => {
      const page = await visit(`${stranger()}/isolated`);
      expect(await page.evaluate('crossOriginIsolated')).toBe(true);
      const url = `${open.url}${path}`;
      expect(await drawIn(page, url)).toMatchObject({ width: 256, tainted: 'SecurityError' });
      expect(await readIn(page, url, { mode: 'no-cors', cache: 'no-cache' })).toMatchObject({
        type: 'opaque',
      });
      const again = await visitAlso(page, `${stranger()}/isolated`);
      expect(await drawIn(again, url)).toMatchObject({ width: 256 });
    });

    it('reads it where its origin is allowed', async () => {
      const page = await visit(`${maps()}/isolated`);
      await expectUpstreamPixels(await drawIn(page, `${open.url}${TILE}`, { crossOrigin: 'anonymous' }));
    });

    it('shows the tile that says that the session has expired', async () => {
      const expired = await setup.start({
        cookies: [{ name: '_strava4_session', value: 'gone' }],
        env: { SESSION_EXPIRED_TILE: 'true' },
      });
      const page = await visit(`${stranger()}/isolated`);
      expect(await drawIn(page, `${expired.url}${xyz(tileWithHeat(15))}`)).toMatchObject({ width: 256 });
    });
  });

  describe('an error that quotes the address, opened as a page,', () => {
    const SCRIPT = encodeURIComponent('<script xmlns="http://www.w3.org/1999/xhtml">ran = true</script>');

    it.each([
      ['application/xml', `/wmts?SERVICE=${SCRIPT}`],
      ['application/xml', `/wmts/1.0.0/WMTSCapabilities.xml?sports=${SCRIPT}`],
      ['application/problem+json', '/xyz/<script>ran=true</script>/hot/0/0/0.png'],
      ['application/problem+json', `/nothing?${SCRIPT}`],
      ['application/problem+json', `/%zz?${SCRIPT}`],
    ])('is %s and runs nothing: %s', async (type, path) => {
      const page = await visit(`${open.url}${path}`);
      expect(await page.evaluate('document.contentType')).toBe(type);
      expect(await page.evaluate('[typeof ran, document.querySelectorAll("script").length]')).toEqual([
        'undefined',
        0,
      ]);
    });
  });

  describe('a page of the same origin, as behind a proxy that has pages of its own,', () => {
    it('takes neither tiles nor documents nor errors for scripts or style sheets', async () => {
      // The gateway's own page without its policy, and in quirks mode, where browsers guess the most.
      const page = await visit(`${open.url}/`, { bypassCSP: true });
      await page.setContent('<body></body>');
      await page.addScriptTag({ url: `${maps()}/page-functions.js` });
      expect(await page.evaluate('[location.origin, document.compatMode]')).toEqual([open.url, 'BackCompat']);
      const loads = async (url: string) => [
        await embedIn(page, 'script', { src: url }),
        await embedIn(page, 'link', { rel: 'stylesheet', href: url }),
      ];
      expect(await embedIn(page, 'script', { src: `${maps()}/page-functions.js` })).toBe('load');
      expect(await embedIn(page, 'link', { rel: 'stylesheet', href: `${maps()}/style.css` })).toBe('load');
      for (const path of [
        TILE,
        '/tilejson/all/hot.json',
        '/health',
        '/metrics',
        '/wmts/1.0.0/WMTSCapabilities.xml',
      ])
        expect([path, await loads(path)]).toEqual([path, ['error', 'error']]);
    });
  });

  describe('a key for the pages of one origin', () => {
    const path = xyz(tileWithHeat(11));
    const url = () => `${keyed.url}${path}?key=${PAGE_KEY}`;

    it('serves its pictures and its requests', async () => {
      const page = await visit(maps());
      expect(await drawIn(page, url())).toMatchObject({ width: 256 });
      expect(await drawIn(page, url(), { crossOrigin: 'anonymous' })).toHaveProperty('data');
      expect((await readableIn(page, url())).status).toBe(200);
      const headers = { 'X-API-Key': PAGE_KEY };
      expect((await readableIn(page, `${keyed.url}${path}`, { headers })).status).toBe(200);
    });

    it.each([
      ['another origin that may read, which learns why', old, 403],
      ['an origin of the same site that may not', neighbour, 'TypeError'],
      ['an origin of another site that may not', stranger, 'TypeError'],
    ])('is refused on pages of %s', async (_name, origin, seen) => {
      const page = await visit(origin());
      const before = served(keyed, path).length;
      expect(await drawIn(page, url())).toEqual({ width: 0 });
      const answer = await readIn(page, url());
      expect(typeof answer === 'string' ? answer : answer.status).toBe(seen);
      await eventually(() => served(keyed, path).length === before + 2);
      expect(served(keyed, path).slice(before)).toEqual(['GET 403', 'GET 403']);
    });

    it.each(['', '*'])(
      'serves no other page out of the cache of its browser, with CORS_ORIGINS=%s',
      async (cors) => {
        const running = await setup.start({
          cookies: 'full',
          keys: { keys: [{ id: 'page', key: PAGE_KEY, origins: [maps()] }] },
          env: { CORS_ORIGINS: cors },
        });
        const address = `${running.url}${TILE}?key=${PAGE_KEY}`;
        const page = await visit(maps());
        expect(await drawIn(page, address)).toMatchObject({ width: 256 });
        expect(await drawIn(await visitAlso(page, maps()), address)).toMatchObject({ width: 256 });
        const other = await visitAlso(page, neighbour());
        expect(await drawIn(other, address)).toEqual({ width: 0 });
        expect(await drawIn(other, address, { crossOrigin: 'anonymous' })).toEqual({ width: 0 });
        await eventually(() => served(running, TILE).length === 3);
        // That the second page of the right origin asked for nothing shows that there is such a cache.
        expect(served(running, TILE)).toEqual(['GET 200', 'GET 403', 'GET 403']);
      },
    );

    it('needs the address of the page, which a page may keep to itself, or else its origin', async () => {
      const page = await visit(`${maps()}/silent`);
      expect(await drawIn(page, url())).toEqual({ width: 0 });
      expect(await drawIn(page, url(), { crossOrigin: 'anonymous' })).toHaveProperty('data');
      expect((await readableIn(page, url())).status).toBe(200);
    });
  });

  describe('a tile that is redirected to the upstream', () => {
    it('does not tell the upstream on whose page it is', async () => {
      const redirecting = await setup.start({ env: { ANONYMOUS_MODE: 'redirect' } });
      await fetch(`${redirecting.url}${xyz(tileWithHeat(3))}`);
      const page = await visit(maps());
      const seen: Request[] = [];
      page.on('request', (request) => seen.push(request));
      const path = xyz(tileWithHeat(4));
      expect(await drawIn(page, `${redirecting.url}${path}`)).toMatchObject({ width: 256 });
      const ofTile = () =>
        seen.filter((request) => request.url().endsWith('.png') || request.redirectedFrom());
      await eventually(() => ofTile().length === 2);
      const [asked, followed] = ofTile();
      expect((await asked!.allHeaders()).referer).toBe(`${maps()}/`);
      expect(followed!.url()).toContain(`${setup.simulator.tilesUrl}/anon/`);
      expect(await followed!.allHeaders()).not.toHaveProperty('referer');
    });
  });

  /**
   * What was seen in Chromium 156: it never sends Access-Control-Request-Private-Network, which is nowhere in the program any
   * more, flags of old or not. Since 142 a page of a public address needs a secure context and a permission of the person
   * (Local Network Access) before it reaches a gateway on this machine or in this network; no header can grant that.
   */
  describe('a page of a public address', () => {
    it('reaches nothing without permission, and the gateway is not even asked', async () => {
      const page = await visit(`${maps()}/as-public`);
      const path = xyz(tileWithHeat(12));
      const url = `${keyed.url}${path}?key=${KEY}`;
      expect(await readIn(page, url)).toBe('TypeError');
      expect(await readIn(page, url, { headers: { 'If-None-Match': '"x"' } })).toBe('TypeError');
      expect(await drawIn(page, url)).toEqual({ width: 0 });
      // What comes later has come: nothing else is on its way.
      expect(await drawIn(await visit(maps()), url)).toMatchObject({ width: 256 });
      await eventually(() => served(keyed, path).length > 0);
      expect(served(keyed, path)).toEqual(['GET 200']);
    });

    it('is a page like any other with permission', async () => {
      const page = await visit(`${maps()}/as-public`, { permissions: ['local-network-access'] });
      expect((await readableIn(page, `${open.url}${TILE}`)).status).toBe(200);
      const headers = { 'X-API-Key': KEY };
      expect((await readableIn(page, `${keyed.url}${TILE}`, { headers })).status).toBe(200);
      await expectUpstreamPixels(await drawIn(page, `${open.url}${TILE}`, { crossOrigin: 'anonymous' }));
      const other = await visit(`${stranger()}/as-public`, { permissions: ['local-network-access'] });
      expect(await readIn(other, `${open.url}${TILE}`)).toBe('TypeError');
    });
  });
});
