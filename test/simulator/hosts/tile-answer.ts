// The answers that the two tile hosts have in common. Pure, but for the cache of pictures.
import type { OutgoingHttpHeaders } from 'node:http';
import { KNOWN_SPORTS } from '../../heat-painting/sports.js';
import { isOnTheMap, type TileAddress } from '../../heat-painting/tile-address.js';
import { hasPicture, pictureOf } from '../../heat-painting/tile-pictures.js';
import { textAnswer, type Answer, type Asked, type Entity } from '../server/exchange.js';

/** Sent with every answer of a tile host; a gateway must let none of them through. */
export const CANARY_HEADERS: OutgoingHttpHeaders = {
  Server: 'AmazonS3',
  Via: '1.1 simulator.cloudfront.net (CloudFront)',
  'X-Amz-Cf-Id': 'simulator-canary',
  'X-Upstream-Canary': 'do-not-forward',
  'Set-Cookie': ['upstream_canary=1; Path=/'],
};

/** A 403 with the XML body that CloudFront and S3 give. */
export function xmlRefusal(code: string, message: string): Answer {
  const xml = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  const headers = { 'Content-Type': 'application/xml', ...CANARY_HEADERS };
  return { status: 403, headers, body: Buffer.from(xml) };
}

export function notFound(): Answer {
  return textAnswer(404, 'Not Found\n', CANARY_HEADERS);
}

/** The answer for a well-formed address whose level has been checked. */
export function tileAnswer(
  asked: Asked,
  address: TileAddress,
  now: number,
  emptyEverywhere: boolean,
): Answer {
  if (!KNOWN_SPORTS.has(address.sport)) return textAnswer(400, 'Bad Request\n', CANARY_HEADERS);
  if (!isOnTheMap(address) || emptyEverywhere || !hasPicture(address)) return notFound();
  const { png, etag } = pictureOf(address);
  const headers = {
    ETag: etag,
    'Last-Modified': monthOf(now),
    'Cache-Control': 'public, max-age=604800',
    ...CANARY_HEADERS,
  };
  if (isUnchanged(asked, etag, now)) return { status: 304, headers, body: Buffer.alloc(0) };
  return { status: 200, headers: { 'Content-Type': 'image/png', ...headers }, body: png };
}

/** The picture for an address as a PNG, heat or not; any picture where the address is none. */
export function intactTile(address: TileAddress | undefined): Entity {
  return { type: 'image/png', body: pictureOf(orAnyTile(address)).png };
}

/** The same in another pixel size. */
export function missizedTile(address: TileAddress | undefined): Entity {
  const { size, ...rest } = orAnyTile(address);
  return { type: 'image/png', body: pictureOf({ ...rest, size: size === 256 ? 512 : 256 }).png };
}

const ANY_TILE: TileAddress = { sport: 'all', color: 'hot', z: 0, x: 0, y: 0, size: 256 };

function orAnyTile(address: TileAddress | undefined): TileAddress {
  return address !== undefined && isOnTheMap(address) && address.z <= DEEPEST ? address : ANY_TILE;
}

/** No host has tiles beyond this level. */
const DEEPEST = 16;

/** Heat is drawn anew at the beginning of each month. */
function monthOf(now: number): string {
  const date = new Date(now);
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)).toUTCString();
}

/** RFC 9110, 13.2.2: `If-None-Match` first, `If-Modified-Since` only without it. */
function isUnchanged({ headers }: Asked, etag: string, now: number): boolean {
  const wanted = headers['if-none-match'];
  if (wanted !== undefined) {
    return wanted.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
  }
  const since = headers['if-modified-since'];
  return since !== undefined && Date.parse(since) >= Date.parse(monthOf(now));
}
