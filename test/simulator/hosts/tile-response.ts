// Responses of the two tile hosts. Pure, except for the cache of images.
import type { OutgoingHttpHeaders } from 'node:http';
import { KNOWN_SPORTS } from '../../heat-painting/sports.js';
import { isOnTheMap, type TileAddress } from '../../heat-painting/tile-address.js';
import { encodePalettePng } from '../../heat-painting/picture/palette-png.js';
import { hasPicture, pictureOf } from '../../heat-painting/tile-pictures.js';
import { textResponse, type HostResponse, type HostRequest, type Content } from '../server/host.js';

/** Headers of every response of a tile host; a gateway must not forward any of them. */
export const CANARY_HEADERS: OutgoingHttpHeaders = {
  Server: 'AmazonS3',
  Via: '1.1 simulator.cloudfront.net (CloudFront)',
  'X-Amz-Cf-Id': 'simulator-canary',
  'X-Upstream-Canary': 'do-not-forward',
  'Set-Cookie': ['upstream_canary=1; Path=/'],
};

/** A 403 with the XML body of CloudFront and S3. */
export function xmlRefusal(code: string, message: string): HostResponse {
  const xml = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  const headers = { 'Content-Type': 'application/xml', ...CANARY_HEADERS };
  return { status: 403, headers, body: Buffer.from(xml) };
}

export function notFound(): HostResponse {
  return textResponse(404, 'Not Found\n', CANARY_HEADERS);
}

/** The response for a path whose zoom has been checked. */
export function tileResponse(
  request: HostRequest,
  address: TileAddress,
  now: number,
  emptyEverywhere: boolean,
): HostResponse {
  if (!KNOWN_SPORTS.has(address.sport)) return textResponse(400, 'Bad Request\n', CANARY_HEADERS);
  if (!isOnTheMap(address) || emptyEverywhere || !hasPicture(address))
    return request.url.searchParams.get('missing') === 'empty' ? blackTile(address) : notFound();
  const { png, etag } = pictureOf(address);
  const headers = {
    ETag: etag,
    'Last-Modified': monthOf(now),
    'Cache-Control': 'public, max-age=604800',
    ...CANARY_HEADERS,
  };
  if (isUnchanged(request, etag, now)) return { status: 304, headers, body: Buffer.alloc(0) };
  return { status: 200, headers: { 'Content-Type': 'image/png', ...headers }, body: png };
}

/** What the parameter `missing=empty` turns a tile without heat into. */
function blackTile({ size }: TileAddress): HostResponse {
  const black = { rgb: Buffer.alloc(3), alpha: Buffer.from([255]) };
  const body = encodePalettePng(size, new Uint8Array(size * size), black);
  return { status: 200, headers: { 'Content-Type': 'image/png', ...CANARY_HEADERS }, body };
}

/** The image of a tile, with or without heat; some image when there is no such tile. */
export function intactTile(address: TileAddress | undefined): Content {
  return { type: 'image/png', body: pictureOf(orAnyTile(address)).png };
}

/** The same in another pixel size. */
export function wrongSizeTile(address: TileAddress | undefined): Content {
  const { size, ...rest } = orAnyTile(address);
  return { type: 'image/png', body: pictureOf({ ...rest, size: size === 256 ? 512 : 256 }).png };
}

const ANY_TILE: TileAddress = { sport: 'all', color: 'hot', z: 0, x: 0, y: 0, size: 256 };

function orAnyTile(address: TileAddress | undefined): TileAddress {
  return address !== undefined && isOnTheMap(address) && address.z <= MAX_ZOOM ? address : ANY_TILE;
}

/** No host has tiles above this zoom. */
const MAX_ZOOM = 16;

/** The upstream renders its tiles at the beginning of each month. */
function monthOf(now: number): string {
  const date = new Date(now);
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)).toUTCString();
}

/** RFC 9110, 13.2.2: `If-None-Match` first, `If-Modified-Since` only without it. */
function isUnchanged({ headers }: HostRequest, etag: string, now: number): boolean {
  const wanted = headers['if-none-match'];
  if (wanted !== undefined) {
    return wanted.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
  }
  const since = headers['if-modified-since'];
  return since !== undefined && Date.parse(since) >= Date.parse(monthOf(now));
}
