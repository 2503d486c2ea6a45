/** Overwrites the records of the disk cache and of Redis, as another program or a failing disk may do, and requests their tiles. */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import type { TileAddress } from '../../heat-painting/tile-address.js';
import { pictureOf } from '../../heat-painting/tile-pictures.js';
import { tileWithHeat } from '../../simulator/find-tile.js';
import type { GatewayProcess } from '../../support/gateway-process.js';
import { json } from '../../support/http/well-formed.js';
import type { Random } from '../../support/run/random.js';
import { OPEN_KEY } from '../credentials.js';

/** Part of the URLs of the tiles, which no other request of the fuzz run has. */
export const RECORD_TILES = '/sport_Windsurf/gray/';
const TILES: readonly TileAddress[] = [5, 6, 7, 8, 9, 10].map((zoom) => ({
  sport: 'sport_Windsurf',
  color: 'gray',
  ...tileWithHeat(zoom, 'sport_Windsurf'),
  size: 256,
}));
const PNG_SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const HTML = Buffer.from('<!doctype html><title>Log in</title>');

/** As the gateway computes it. */
const etagOf = (body: Buffer): string => `"${createHash('sha1').update(body).digest('base64url')}"`;

/** A record with the head of a real one; what is wrong depends on `change`. */
function changed(
  record: Buffer,
  change: (head: Record<string, unknown>, body: Buffer) => Buffer | void,
): Buffer {
  const end = record.indexOf('\n');
  // Rubbish of an earlier round has none.
  const head = { ...(json(record.toString('utf8', 0, Math.max(0, end))) as object | undefined) };
  const old = record.subarray(end + 1);
  const body = change(head, old) ?? old;
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body]);
}

const withBody = (body: Buffer) => (head: Record<string, unknown>) => {
  Object.assign(head, { length: body.length, etag: etagOf(body) });
  return body;
};

const RUBBISH: readonly ((record: Buffer, random: Random) => Buffer)[] = [
  () => Buffer.alloc(0),
  () => Buffer.from('\n'),
  () => Buffer.from('null\n'),
  () => Buffer.from('{"__proto__":{"key":"x"}}\n'),
  () => HTML,
  () => PNG_SIGNATURE,
  () => Buffer.from(`${'['.repeat(100_000)}\n`),
  (_, random) => Buffer.from(random.noise(2000), 'latin1'),
  (record, random) => record.subarray(0, random.below(record.length + 1)),
  (record) => Buffer.concat([record, record]),
  (record) => changed(record, withBody(HTML)),
  (record) => changed(record, withBody(Buffer.concat([PNG_SIGNATURE, HTML]))),
  (record) => changed(record, withBody(Buffer.alloc(0))),
  (record) => changed(record, (head) => void (head['etag'] = '"x\r\nX-Injected: 1"')),
  (record) => changed(record, (head) => void (head['lastModified'] = 'x\r\nX-Injected: 1')),
  (record) => changed(record, (head) => void (head['upstreamEtag'] = 'x\r\nX-Injected: 1')),
  (record) => changed(record, (head) => void (head['freshUntil'] = 1e300)),
  (record) => changed(record, (head) => void (head['freshUntil'] = -1e300)),
  (record) => changed(record, (head) => void (head['length'] = -1)),
  (record) => changed(record, (head) => void (head['key'] = '../../x')),
  (record) => changed(record, (head) => void (head['source'] = '__proto__')),
  (record) => changed(record, (_, body) => void body.fill(0, 8)),
];

/** A value that no part of the gateway has written. */
const WRONG_TYPES: readonly ((redis: Redis, key: string) => Promise<unknown>)[] = [
  (redis, key) => redis.rpush(key, 'x'),
  (redis, key) => redis.hset(key, 'x', '1'),
  (redis, key) => redis.zadd(key, 1, 'x'),
];

export interface Records {
  readonly folder: string;
  /** Undefined without an installed Redis. */
  readonly redis: Redis | undefined;
}

/** Requests tiles, damages all records of both stores, and requests the tiles again; gives one sentence for each violation. */
export async function hostileRecordViolations(
  gateway: GatewayProcess,
  { folder, redis }: Records,
  random: Random,
): Promise<string[]> {
  const before = await Promise.all(TILES.map((tile) => tileViolation(gateway, tile)));
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    // Other requests write and remove files at the same time.
    const record = await readFile(file).catch(() => Buffer.alloc(0));
    await writeFile(file, random.pick(RUBBISH)(record, random));
  }
  if (redis) await damage(redis, random);
  const after = await Promise.all(TILES.map((tile) => tileViolation(gateway, tile)));
  return [...before, ...after].filter((violation) => violation !== undefined);
}

async function damage(redis: Redis, random: Random): Promise<void> {
  for (const key of await redis.keys('*')) {
    const record = await redis.getBuffer(key).catch(() => null);
    await redis.del(key);
    if (random.chance(0.3)) await random.pick(WRONG_TYPES)(redis, key);
    else await redis.set(key, random.pick(RUBBISH)(record ?? Buffer.alloc(0), random));
  }
}

async function tileViolation({ url }: GatewayProcess, tile: TileAddress): Promise<string | undefined> {
  const { z, x, y } = tile;
  const headers = { 'x-api-key': OPEN_KEY, connection: 'close' };
  try {
    const response = await fetch(`${url}/xyz${RECORD_TILES}${z}/${x}/${y}.png`, { headers });
    const body = Buffer.from(await response.arrayBuffer());
    if (response.status !== 200) return `${response.status} for a tile whose record is damaged`;
    const type = response.headers.get('content-type');
    if (type !== 'image/png') return `a tile whose record is damaged has the Content-Type ${type}`;
    if (response.headers.has('x-injected')) return 'a record adds a header';
    return pictureOf(tile).png.equals(body) ? undefined : 'a damaged record is served';
  } catch (error) {
    return `no response for a tile whose record is damaged: ${String(error)}`;
  }
}
