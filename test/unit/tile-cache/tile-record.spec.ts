import { describe, expect, it } from '@jest/globals';
import { etagOf, type CachedTile } from '../../../src/tile-cache/index.js';
import { readTile, writeTile } from '../../../src/tile-cache/tile-record.js';
import { pngOf } from '../../support/contracts/tile-cache-contract.js';

const KEY = 'all-hot/256/3/4/2';
const LIMIT = 5_000_000;
const body = pngOf(Buffer.from('heat'));
const tile: CachedTile = {
  body,
  etag: etagOf(body),
  lastModified: 'Mon, 01 Jun 2026 00:00:00 GMT',
  source: 'authenticated',
  upstreamEtag: 'W/"upstream"',
  freshUntil: 1_000_000,
};
const read = (changed: Partial<CachedTile>) => readTile(KEY, writeTile(KEY, { ...tile, ...changed }), LIMIT);

describe('a record', () => {
  it('gives the tile that was written', () => {
    expect(read({})).toEqual(tile);
    const empty = { body: undefined, etag: etagOf(undefined) };
    expect(read(empty)).toEqual({ ...tile, ...empty });
  });

  const html = Buffer.from('<script>alert(1)</script>');
  const disguised = Buffer.concat([body.subarray(0, 8), html]);
  it.each<[string, Partial<CachedTile>]>([
    ['HTML with its digest', { body: html, etag: etagOf(html) }],
    ['HTML after the signature of a PNG', { body: disguised, etag: etagOf(disguised) }],
    ['an empty body', { body: Buffer.alloc(0), etag: etagOf(Buffer.alloc(0)) }],
    ['another image than that of the digest', { body: pngOf(Buffer.from('haet')) }],
    ['an ETag with a line break', { etag: '"a\r\nx-evil: 1"' }],
    ['an upstream ETag with a line break', { upstreamEtag: '"a\r\nx-evil: 1"' }],
    ['a date with a line break', { lastModified: 'Mon\r\nx-evil: 1' }],
    ['an ETag without an image', { body: undefined }],
    ['an unknown source', { source: 'evil' as CachedTile['source'] }],
    ['a time that is no number', { freshUntil: Number.NaN }],
    ['an infinite time', { freshUntil: Number.POSITIVE_INFINITY }],
  ])('with %s is none', (_name, changed) => {
    expect(read(changed)).toBeUndefined();
  });

  it('is none for another key, with a byte less or more, or without a line end', () => {
    const bytes = writeTile(KEY, tile);
    expect(readTile(`${KEY}0`, bytes, LIMIT)).toBeUndefined();
    expect(readTile(KEY, bytes.subarray(0, -1), LIMIT)).toBeUndefined();
    expect(readTile(KEY, Buffer.concat([bytes, Buffer.from('x')]), LIMIT)).toBeUndefined();
    expect(readTile(KEY, Buffer.from(JSON.stringify({ key: KEY })), LIMIT)).toBeUndefined();
    expect(readTile(KEY, Buffer.alloc(0), LIMIT)).toBeUndefined();
  });

  it.each([1e300, Number.MAX_SAFE_INTEGER, LIMIT + 1])(
    'that is fresh until %d is fresh until the limit',
    (freshUntil) => {
      expect(read({ freshUntil })?.freshUntil).toBe(LIMIT);
    },
  );
});
