/** The page at `/` and its files, as a browser requests them. */
import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { RunningGateway } from '../support/gateway.js';
import { rawRequest } from '../support/raw-request.js';
import { withSimulator } from '../support/with-gateway.js';

const KEY = 'a-key-of-the-page-suite';
const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

const BASEMAP = { BASEMAP_URL: 'https://tiles.example/{z}/{x}/{y}.png' };

const setup = withSimulator({ per: 'suite' });
let open: RunningGateway;
let keyed: RunningGateway;

beforeAll(async () => {
  open = await setup.start({
    cookies: 'full',
    env: BASEMAP,
  });
  keyed = await setup.start({ cookies: 'full', keys: { keys: [KEY] }, env: BASEMAP });
});

const page = (running: RunningGateway, path = '/', headers: Record<string, string> = BROWSER) =>
  fetch(`${running.url}${path}`, { headers });

/** The URLs of script and style in a page that was opened at `path`. */
async function filesOf(running: RunningGateway, path: string): Promise<string[]> {
  const html = await (await page(running, path)).text();
  const found = [...html.matchAll(/(?:src|href)="([^"]*\/web\/[^"]*)"/g)].map(([, url]) => url!);
  return found.map((url) => new URL(url, `${running.url}${path}`).href);
}

/** The response as it is sent: `fetch` decompresses. */
function encoded(
  url: string,
  encoding: string,
): Promise<{ readonly headers: Record<string, unknown>; readonly body: Buffer }> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { accept: 'text/html', 'accept-encoding': encoding } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }));
    })
      .on('error', reject)
      .end();
  });
}

it('the page is compressed if the client accepts it', async () => {
  const plain = await encoded(`${open.url}/`, 'identity');
  const gzip = await encoded(`${open.url}/`, 'gzip, br');
  expect([plain, gzip].map(({ headers }) => [headers['content-encoding'], headers['vary']])).toEqual([
    [undefined, 'Accept-Encoding'],
    ['gzip', 'Accept-Encoding'],
  ]);
  expect(gunzipSync(gzip.body)).toEqual(plain.body);
  expect(gzip.body.length).toBeLessThan(plain.body.length / 2);
});

describe('the files of the page', () => {
  it.each(['/', `/k/${KEY}/`, `/k/${KEY}`])('are found from %s, without a key', async (path) => {
    const files = await filesOf(keyed, path);
    expect(files).toHaveLength(2);
    for (const file of files) expect((await fetch(file)).status).toBe(200);
  });

  it('are compressed as the client accepts, may be kept for ever, and are the same in each encoding', async () => {
    const [url] = await filesOf(open, '/');
    const get = (encoding: string) => encoded(url!, encoding);
    const plain = await get('identity');
    const gzip = await get('gzip');
    const br = await get('gzip, deflate, br');
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect([gzip.headers['content-encoding'], br.headers['content-encoding']]).toEqual(['gzip', 'br']);
    expect(gunzipSync(gzip.body)).toEqual(plain.body);
    expect(brotliDecompressSync(br.body)).toEqual(plain.body);
    for (const { headers } of [plain, gzip, br])
      expect(headers).toMatchObject({
        'cache-control': 'public, max-age=31536000, immutable',
        vary: 'Accept-Encoding',
      });
  });

  it('of another build are 404', async () => {
    expect((await page(open, '/web/main-00000000.js')).status).toBe(404);
  });
});

describe('without a valid API key', () => {
  it.each([
    ['none', '/', 'An API key is required'],
    ['an unknown one', '/?key=unknown', 'The API key is not valid'],
  ])('(%s) a browser gets the key form, without a login dialog', async (_name, path, words) => {
    const response = await page(keyed, path);
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('www-authenticate')).toBeNull();
    expect(response.headers.get('cache-control')).toBe('no-store');
    const html = await response.text();
    expect(html).toContain('id="key-form"');
    expect(html).toContain(words);
    expect(html).not.toContain('unknown"');
    expect(html).not.toContain('Bearer');
    // The form becomes the page, under the policy of the form.
    const policy = (await page(open)).headers.get('content-security-policy');
    expect(response.headers.get('content-security-policy')).toBe(policy);
  });

  it.each([{ accept: 'application/json' }, { accept: '*/*' }, {}])(
    'a client with %j gets the problem with its challenge',
    async (headers) => {
      const response = await page(keyed, '/', headers as Record<string, string>);
      expect([response.status, response.headers.get('content-type')]).toEqual([
        401,
        'application/problem+json',
      ]);
      expect(response.headers.get('www-authenticate')).toContain('Bearer');
    },
  );

  it('a browser gets a problem at every other URL', async () => {
    const response = await page(keyed, '/tilejson/all/hot.json');
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });
});

it('the base map of the settings is in the page and its policy', async () => {
  const response = await page(open);
  expect(response.headers.get('content-security-policy')).toContain(
    "img-src 'self' https://tiles.example data:;",
  );
  expect(await response.text()).toContain('data-basemap="https://tiles.example/{z}/{x}/{y}.png"');
});

it('every URL of the page and of the presets has the address at which the page was opened', async () => {
  const network = await setup.start({ env: { HOST: '0.0.0.0', AUTH_MODE: 'open' } });
  const host = '192.168.178.20:8080';
  for (const path of ['/', '/presets']) {
    const { body: text } = await rawRequest(network.url, path, { ...BROWSER, Host: host });
    // JOSM and MapProxy listen on their own machine; the sites of clients have https.
    const own = /http:\/\/127\.0\.0\.1:(?:8111\/imagery|8081\/demo\/)/g;
    const urls = [...text.replace(own, '').matchAll(/http:\/\/[^\s"'<>\\]+/g)].map(([url]) => url);
    expect(urls.length).toBeGreaterThan(5);
    for (const url of urls) expect(url).toMatch(/^http:\/\/192\.168\.178\.20:8080(?:\/|$)/);
    expect(decodeURIComponent(text)).not.toContain(open.url);
  }
});
