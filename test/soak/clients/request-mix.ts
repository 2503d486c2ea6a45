/** What clients ask for: every encoding, every document, every form of a key. */
import { DOCUMENTS } from './documents.js';
import { ENCODINGS } from './encodings.js';
import type { Errand, Expected } from '../soak-request.js';
import { KEY_FORMS, withKey, type Key } from './keys.js';
import type { Random } from '../random.js';
import { unheardOfTile, type Tile } from './tiles.js';

const PROBES = ['health', 'livez', 'readyz'] as const;

export class Mix {
  /** `validators` holds the ETags that answers had so far. */
  constructor(
    private readonly tiles: readonly Tile[],
    private readonly keys: readonly Key[],
    private readonly validators: ReadonlyMap<string, string>,
  ) {}

  next(random: Random): Errand {
    const choice = random.next();
    if (choice < 0.8) return this.tile(this.anyTile(random), random);
    if (choice < 0.9) return this.document(random);
    if (choice < 0.98) {
      const probe = random.pick(PROBES);
      return plain(`/${probe}`, `/${probe}`, {}, { kind: probe });
    }
    return this.metrics(random);
  }

  /** A tile that is not cached, so that its answer tells of the upstream; `z` 11 can be had without cookies. */
  unheardOf(random: Random, z: 11 | 16): Errand {
    const tile = unheardOfTile(random, z);
    const path = ENCODINGS.find(({ name }) => name === 'XYZ')!.path(tile.address)!;
    const target = withKey({ path, headers: {} }, this.keys[0]!, 'X-API-Key');
    return plain('XYZ', path, target.headers, { kind: 'tile', tile, reports: false });
  }

  metrics(random: Random): Errand {
    const { path, headers } = withKey(
      { path: '/metrics', headers: {} },
      random.pick(this.keys),
      random.pick(KEY_FORMS),
    );
    return { ...plain('/metrics', path, headers, { kind: 'metrics' }), shown: '/metrics' };
  }

  private anyTile(random: Random): Tile {
    const choice = random.next();
    if (choice < 0.12) return unheardOfTile(random, 16);
    if (choice < 0.16) return unheardOfTile(random, 11);
    return this.tiles[Math.floor(this.tiles.length * random.next() ** 2)]!;
  }

  private tile(tile: Tile, random: Random): Errand {
    const fitting = ENCODINGS.flatMap((encoding) => {
      const path = encoding.path(tile.address);
      return path === undefined ? [] : [{ ...encoding, address: path }];
    });
    const { name, address, reports } = random.pick(fitting);
    const form = random.pick(KEY_FORMS);
    const { path, headers } = withKey({ path: address, headers: {} }, random.pick(this.keys), form);
    const errand: Errand = {
      route: name,
      method: methodOf(random),
      path,
      headers,
      shown: `${address} (key: ${form})`,
      expected: { kind: 'tile', tile, reports },
      validated: tile.name,
    };
    return this.conditional(errand, random);
  }

  private document(random: Random): Errand {
    const document = random.pick(DOCUMENTS);
    const key = random.pick(this.keys);
    const form = random.pick(KEY_FORMS);
    const zipped = random.chance(0.5);
    const accepting: Record<string, string> = zipped ? { 'accept-encoding': 'gzip' } : {};
    const { path, headers } = withKey({ path: document.path, headers: accepting }, key, form);
    const repeated = document.repeats.includes(form) ? key : undefined;
    const errand: Errand = {
      route: document.name,
      method: methodOf(random),
      path,
      headers,
      shown: `${document.path} (key: ${form})`,
      expected: { kind: 'document', document, repeated },
      // A document differs with what it repeats, and a gzipped one has bytes of its own.
      ...(document.path === '/'
        ? {}
        : { validated: `${document.path} ${repeated?.name} ${repeated && form} ${zipped}` }),
    };
    return this.conditional(errand, random);
  }

  private conditional(errand: Errand, random: Random): Errand {
    const etag = this.validators.get(errand.validated ?? '');
    if (etag === undefined || errand.method === 'OPTIONS' || !random.chance(0.25)) return errand;
    return { ...errand, headers: { ...errand.headers, 'if-none-match': etag } };
  }
}

function methodOf(random: Random): string {
  const choice = random.next();
  return choice < 0.88 ? 'GET' : choice < 0.95 ? 'HEAD' : 'OPTIONS';
}

function plain(
  route: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  expected: Expected,
): Errand {
  return { route, method: 'GET', path, headers, shown: path, expected };
}
