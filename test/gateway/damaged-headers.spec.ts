/** A header whose value no response can have: the error that replaces the response is complete. */
import { expect, it } from '@jest/globals';
import { MemoryTileCache, type CachedTile } from '../../src/tile-cache/index.js';
import { SECURITY_HEADERS } from '../../src/http/listener/security-headers.js';
import { eventually } from '../support/eventually.js';
import { withGateway } from '../support/with-gateway.js';

const setup = withGateway(
  { cookies: 'full', env: { CORS_ORIGINS: 'https://map.example' } },
  { per: 'suite' },
);
const WMTS =
  '/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=all-hot&STYLE=default&FORMAT=image/png&TILEMATRIXSET=GoogleMapsCompatible&TILEMATRIX=0&TILEROW=0&TILECOL=0';

const DAMAGES: readonly (readonly [string, Partial<CachedTile>])[] = [
  ['an ETag with a line break', { etag: '"a\r\nx-evil: 1"' }],
  ['an ETag with a character beyond Latin-1', { etag: '"\u{1f4a9}"' }],
  ['a date with a line break', { lastModified: 'Mon\r\nx-evil: 1' }],
  ['a date with a control character', { lastModified: 'Mon\x00' }],
];
const ROUTES: readonly (readonly [string, string])[] = [
  ['/xyz/all/hot/0/0/0.png', 'application/problem+json'],
  ['/xyz/All/hot/0/0/0.png', 'application/problem+json'],
  [WMTS, 'application/xml'],
];
const CASES = DAMAGES.flatMap(([name, damage]) =>
  ROUTES.map(([path, type]) => [name, path, type, damage] as const),
);

it.each(CASES)('a tile with %s at %s is a complete error', async (_name, path, type, damage) => {
  const origin = { headers: { origin: 'https://map.example' } };
  expect((await setup.get(path, origin)).status).toBe(200);
  const cache = setup.gateway.gateway.app.get(MemoryTileCache);
  const key = 'all-hot/256/0/0/0';
  const good = cache.get(key)!;
  cache.set(key, { ...good, ...damage });
  const response = await setup.get(path, origin);
  cache.set(key, good);
  expect(response.status).toBe(500);
  expect(await response.text()).toContain('the log of the gateway has the cause');
  expect(Object.fromEntries(response.headers)).toMatchObject({
    ...SECURITY_HEADERS,
    'cross-origin-resource-policy': 'cross-origin',
    'cache-control': 'no-store',
    'content-type': type,
    'access-control-allow-origin': 'https://map.example',
  });
  for (const name of ['etag', 'last-modified', 'content-location', 'x-evil'])
    expect(response.headers.get(name)).toBeNull();
  const id = response.headers.get('x-request-id')!;
  await eventually(() => setup.gateway.log().includes(`"requestId":"${id}"`));
  expect((await setup.get(path, origin)).status).toBe(200);
});
