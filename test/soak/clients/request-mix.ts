/** Random requests: every encoding, every document, every form of an API key. */
import { KEY_FORMS } from '../../support/http/api-key.js';
import type { Random } from '../../support/run/random.js';
import type { Expected, SoakRequest } from '../soak-request.js';
import { DOCUMENTS } from './documents.js';
import { ENCODINGS } from './encodings.js';
import { keyed, type Key, type KeyedPath } from './keys.js';
import { uncachedTile, type Tile } from './tiles.js';

const HEALTH_CHECKS = ['health', 'livez', 'readyz'] as const;

export class RequestMix {
  /** `etags`: those of all responses so far, by {@link SoakRequest.etagName}. */
  constructor(
    private readonly tiles: readonly Tile[],
    private readonly keys: readonly Key[],
    private readonly etags: ReadonlyMap<string, string>,
  ) {}

  next(random: Random): SoakRequest {
    const choice = random.fraction();
    if (choice < 0.8) return this.tile(this.anyTile(random), random);
    if (choice < 0.9) return this.document(random);
    if (choice < 0.98) {
      const check = random.pick(HEALTH_CHECKS);
      return plain(`/${check}`, { path: `/${check}`, headers: {} }, { kind: check });
    }
    return this.metrics(random);
  }

  /** A tile that is not cached, so that the response shows the state of the upstream; zoom 11 needs no cookies. */
  uncached(random: Random, z: 11 | 16, key = this.keys[0]!): SoakRequest {
    const tile = uncachedTile(random, z);
    const path = ENCODINGS.find(({ name }) => name === 'XYZ')!.path(tile.address)!;
    const expected: Expected = { kind: 'tile', tile, reports: false };
    return plain('XYZ', keyed(path, key, 'X-API-Key'), expected);
  }

  /** The tiles with heat that are requested most often. */
  popular(count: number): SoakRequest[] {
    const withHeat = this.tiles.filter(({ picture, address }) => picture && address.size === 256);
    const path = ENCODINGS.find(({ name }) => name === 'XYZ')!.path;
    return withHeat.slice(0, count).map((tile) => {
      const expected: Expected = { kind: 'tile', tile, reports: false };
      return plain('XYZ', keyed(path(tile.address)!, this.keys[0]!, 'X-API-Key'), expected);
    });
  }

  metrics(random: Random): SoakRequest {
    const call = keyed('/metrics', random.pick(this.keys), random.pick(KEY_FORMS));
    return { ...plain('/metrics', call, { kind: 'metrics' }), shown: '/metrics' };
  }

  private anyTile(random: Random): Tile {
    const choice = random.fraction();
    if (choice < 0.12) return uncachedTile(random, 16);
    if (choice < 0.16) return uncachedTile(random, 11);
    return this.tiles[Math.floor(this.tiles.length * random.fraction() ** 2)]!;
  }

  private tile(tile: Tile, random: Random): SoakRequest {
    const possible = ENCODINGS.flatMap(({ name, reports, path }) => {
      const unkeyed = path(tile.address);
      return unkeyed === undefined ? [] : [{ name, reports, unkeyed }];
    });
    const { name, reports, unkeyed } = random.pick(possible);
    const form = random.pick(KEY_FORMS);
    const request: SoakRequest = {
      route: name,
      method: randomMethod(random),
      ...keyed(unkeyed, random.pick(this.keys), form),
      shown: `${unkeyed} (key: ${form})`,
      expected: { kind: 'tile', tile, reports },
      etagName: tile.name,
    };
    return this.conditional(request, random);
  }

  private document(random: Random): SoakRequest {
    const document = random.pick(DOCUMENTS);
    const key = random.pick(this.keys);
    const form = random.pick(KEY_FORMS);
    const gzip = random.chance(0.5);
    const repeated = document.repeats.includes(form) ? key : undefined;
    const request: SoakRequest = {
      route: document.name,
      method: randomMethod(random),
      ...keyed(document.path, key, form, gzip ? { 'accept-encoding': 'gzip' } : {}),
      shown: `${document.path} (key: ${form})`,
      expected: { kind: 'document', document, repeated },
      // The ETag depends on the key that the document repeats, and on the compression.
      ...(document.path === '/'
        ? {}
        : { etagName: `${document.path} ${repeated?.name} ${repeated && form} ${gzip}` }),
    };
    return this.conditional(request, random);
  }

  private conditional(request: SoakRequest, random: Random): SoakRequest {
    const etag = this.etags.get(request.etagName ?? '');
    if (etag === undefined || request.method === 'OPTIONS' || !random.chance(0.25)) return request;
    return { ...request, headers: { ...request.headers, 'if-none-match': etag } };
  }
}

function randomMethod(random: Random): string {
  const choice = random.fraction();
  return choice < 0.88 ? 'GET' : choice < 0.95 ? 'HEAD' : 'OPTIONS';
}

function plain(route: string, { path, headers }: KeyedPath, expected: Expected): SoakRequest {
  return { route, method: 'GET', path, headers, shown: path, expected };
}
