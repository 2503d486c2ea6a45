import { describe, expect, it } from '@jest/globals';
import { Catalog } from '../../../src/catalog/index.js';
import { indexPage, type IndexPageOptions } from '../../../src/html-pages/index.js';

const MARKUP = `<script>"'&`;
const ESCAPED = '&lt;script&gt;&quot;&#39;&amp;';
const options: IndexPageOptions = {
  files: { base: './', script: './web/main.js', style: './web/main.css' },
  expiresAt: undefined,
  basemap: undefined,
  link: (path) => `https://map.example${path}`,
  wmtsKvp: 'https://map.example/wmts?',
  layers: new Catalog().layers,
  zoomAvailability: 'full',
  reason: undefined,
  action: undefined,
};

describe('the landing page', () => {
  it.each<[string, Partial<IndexPageOptions>]>([
    ['links', { link: (path) => `https://map.example/${MARKUP}${path}` }],
    ['the KVP URL', { wmtsKvp: `https://map.example/${MARKUP}?` }],
    ['the base map', { basemap: `https://tiles.example/${MARKUP}/{z}/{x}/{y}.png` }],
    ['the reason', { reason: `cookies are missing: ${MARKUP}`, action: 'add them' }],
    ['the action', { reason: 'cookies are missing', action: `add ${MARKUP}` }],
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
    expect([...page.matchAll(/XYZ, ([^<]*)</g)].map(([, title]) => title)).toEqual(expected);
  });
});
