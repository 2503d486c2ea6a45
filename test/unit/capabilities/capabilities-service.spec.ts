import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  CapabilitiesService,
  render,
  serviceMetadata,
  updateSequence,
  type DocumentRequest,
} from '../../../src/capabilities/index.js';
import { Catalog, TILE_MATRIX_SETS } from '../../../src/catalog/index.js';

const MEGABYTE = 1024 * 1024;
const { layers } = new Catalog({ groups: ['top'] });
const request: DocumentRequest = {
  base: 'https://map.example',
  query: '',
  layers,
  zoomAvailability: 'full',
  sections: 'All',
};

let service: CapabilitiesService;
beforeEach(() => {
  service = new CapabilitiesService();
});

describe('a document', () => {
  it('is rendered once per base URL, key and list of layers', () => {
    const first = service.document(request);
    expect(service.document({ ...request, layers: [...layers] })).toBe(first);
    expect(first.body.toString()).toBe(
      serviceMetadata({ ...request, updateSequence: updateSequence('full') }),
    );
  });

  it.each<[string, Partial<DocumentRequest>]>([
    ['another base URL', { base: 'https://other.example' }],
    ['another key', { query: 'key=abc' }],
    ['fewer zoom levels', { zoomAvailability: 'anonymous' }],
    ['fewer layers', { layers: layers.slice(1) }],
    ['one TileMatrixSet', { tileMatrixSets: TILE_MATRIX_SETS.slice(1) }],
    ['fewer sections', { sections: new Set(['Contents']) }],
  ])('is rendered again for %s', (_name, change) => {
    const first = service.document(request);
    const second = service.document({ ...request, ...change });
    expect(second.etag).not.toBe(first.etag);
    expect(service.document(request)).toBe(first);
  });

  it('of the same sections is the same whatever their order', () => {
    const sections = service.document({ ...request, sections: new Set(['Contents', 'ServiceProvider']) });
    expect(service.document({ ...request, sections: new Set(['ServiceProvider', 'Contents']) })).toBe(
      sections,
    );
  });

  it('is not confused with another whose parts join to the same text', () => {
    const first = service.document({ ...request, base: 'https://map.example/a', query: 'b' });
    expect(service.document({ ...request, base: 'https://map.example/', query: 'ab' })).not.toBe(first);
  });

  it('is evicted when many others were requested, so that varying Host headers cannot fill the memory', () => {
    const large = (n: number) => `https://map.example/${'x'.repeat(MEGABYTE)}${n}`;
    const one = (n: number) => service.document({ ...request, base: large(n), layers: layers.slice(0, 1) });
    const first = one(0);
    const size = first.body.length;
    expect(size).toBeGreaterThan(3 * MEGABYTE);
    expect(one(0)).toBe(first);
    const others = Math.ceil((32 * MEGABYTE) / size);
    for (let n = 1; n <= others; n++) one(n);
    expect(one(others)).toBe(one(others));
    expect(one(0)).not.toBe(first);
    expect(one(0).etag).toBe(first.etag);
  });
});

describe('a rendered document', () => {
  it('has a compressed form with its own ETag', () => {
    const { body, gzip, etag, gzipEtag } = render('<a>text</a>');
    expect(gunzipSync(gzip).equals(body)).toBe(true);
    expect(body.toString()).toBe('<a>text</a>');
    expect(etag).toMatch(/^"[\w-]+"$/);
    expect(gzipEtag).toMatch(/^"[\w-]+"$/);
    expect(gzipEtag).not.toBe(etag);
  });

  it('has the same ETags after a restart, and different ones after a change', () => {
    expect(render('a')).toEqual(render('a'));
    expect(render('b').etag).not.toBe(render('a').etag);
    expect(render('b').gzipEtag).not.toBe(render('a').gzipEtag);
  });
});
