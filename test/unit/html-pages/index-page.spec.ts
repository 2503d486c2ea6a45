import { describe, expect, it } from '@jest/globals';
import { Catalog } from '../../../src/catalog/index.js';
import { indexPage, type IndexPageOptions } from '../../../src/html-pages/index.js';

const MARKUP = `<script>"'&`;
const ESCAPED = '&lt;script&gt;&quot;&#39;&amp;';
const VALID = {
  status: 'ok',
  cookies_expire: '2026-11-26T09:57:31.000Z',
  reason: null,
  action: null,
} as const;
const ANONYMOUS = {
  status: 'anonymous',
  cookies_expire: null,
  reason: 'there are no Strava cookies',
  action: 'log in',
} as const;
const DEGRADED = {
  ...ANONYMOUS,
  status: 'degraded',
  reason: 'the upstream is away until 2026-11-25T15:22:13.719Z',
  action: 'wait',
} as const;
const options: IndexPageOptions = {
  files: { base: './', script: './web/main.js', style: './web/main.css' },
  baseUrl: 'https://map.example',
  basemap: undefined,
  link: (path) => `https://map.example${path}`,
  wmtsKvp: 'https://map.example/wmts?',
  layers: new Catalog().layers,
  zoomAvailability: 'full',
  health: VALID,
  hasCookies: true,
  localOnly: undefined,
};

/** The text of the page as a browser shows it, apart from entities. */
function textOf(change: Partial<IndexPageOptions>): string {
  return indexPage({ ...options, ...change })
    .replace(/<[^>]*>/g, '')
    .replace(/\s+/g, ' ');
}

describe('the landing page', () => {
  it.each<[string, Partial<IndexPageOptions>]>([
    ['links', { link: (path) => `https://map.example/${MARKUP}${path}` }],
    ['the KVP URL', { wmtsKvp: `https://map.example/${MARKUP}?` }],
    ['the base URL', { baseUrl: `https://map.example/${MARKUP}` }],
    ['the base map', { basemap: `https://tiles.example/${MARKUP}/{z}/{x}/{y}.png` }],
    ['the reason', { health: { ...ANONYMOUS, reason: `cookies are missing: ${MARKUP}` } }],
    ['the action', { health: { ...DEGRADED, action: `add ${MARKUP}` } }],
  ])('escapes markup in %s', (_name, change) => {
    const page = indexPage({ ...options, ...change });
    expect(page).toContain(ESCAPED);
    expect(page).not.toContain(MARKUP);
  });

  it.each<[string, Partial<IndexPageOptions>, readonly string[]]>([
    ['with cookies', {}, ['256 px, zoom 0-16', '512 px, zoom 0-15', '1024 px, zoom 0-14']],
    ['without cookies', { zoomAvailability: 'anonymous' }, ['256 px, zoom 0-12', '512 px, zoom 0-11']],
    ['limited by the key', { zoomLimit: 9 }, ['256 px, zoom 0-9', '512 px, zoom 0-9', '1024 px, zoom 0-9']],
  ])('lists the zoom levels of each tile size: %s', (_name, change, expected) => {
    const page = indexPage({ ...options, ...change });
    expect([...page.matchAll(/<dt>XYZ, ([^<]*)</g)].map(([, title]) => title)).toEqual(expected);
  });

  const zooms = 'Zoom 0 to 12 (256 px) and 0 to 11 (512 px)';
  it.each<[string, Partial<IndexPageOptions>, readonly string[]]>([
    ['valid', {}, ['The Strava session is valid. Its cookies expire at 2026-11-26 09:57 UTC;']],
    [
      'anonymous',
      { health: ANONYMOUS, hasCookies: false },
      ['There are no Strava cookies. Log in.', `${zooms} works. Beyond,`],
    ],
    [
      'degraded with cookies',
      { health: DEGRADED },
      [
        'The upstream is away until 2026-11-25 15:22 UTC. Wait.',
        'Tiles in the cache of the gateway are still served. Add',
      ],
    ],
    [
      'degraded without cookies, with a limited key',
      { health: DEGRADED, hasCookies: false, zoomLimit: 9 },
      [
        'The upstream is away until 2026-11-25 15:22 UTC. Wait.',
        'still served. Zoom 0 to 9 (256 px) and 0 to 9 (512 px) needs no session.',
      ],
    ],
  ])('says in the state "%s" what to do and what works', (_name, change, expected) => {
    for (const sentence of expected) expect(textOf(change)).toContain(sentence);
  });

  it.each<[string, Partial<IndexPageOptions>, string | undefined]>([
    ['of the network', {}, undefined],
    [
      'of this machine',
      { baseUrl: 'http://localhost:8080', localOnly: { settings: 'HOST=0.0.0.0' } },
      'start the gateway with HOST=0.0.0.0 in a network that you trust, and open http://ADDRESS:8080/ there.',
    ],
    [
      'of this machine, of a gateway that listens to the network',
      { baseUrl: 'http://localhost', localOnly: { settings: undefined } },
      'For a phone in the same network, open http://ADDRESS/ there',
    ],
  ])('with a URL %s says how a phone opens it, if needed', (_name, change, expected) => {
    const text = textOf(change);
    if (expected === undefined) expect(text).not.toContain('ADDRESS');
    else expect(text).toContain(expected);
  });
});
