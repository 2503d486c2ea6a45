/** The layers of this gateway and the one resolver from a request's words to a tile address. Pure. */
import { quoted } from '../common/quoted.js';
import { COLORS, DEFAULT_COLOR_IDS, type Color } from './color.js';
import { layerOf, type Layer } from './layer.js';
import { refuse, type Resolved } from './refusal.js';
import { addedSport, DEFAULT_SPORT_GROUPS, SPORTS, type SportGroup } from './sport.js';
import { tileAddress, type TileAddress } from './tile-address.js';
import { MAX_ZOOM, type TileSize } from './tile-matrix-set.js';

export interface CatalogOptions {
  /** Groups of sports that are on. */
  readonly groups?: readonly SportGroup[];
  /** Ids of further sports, each of the form `sport_[A-Za-z]+`. */
  readonly added?: readonly string[];
  /** Ids of the colours that are on. */
  readonly colors?: readonly string[];
}

/** The words of a request for one tile, as they came. */
export interface TileWords {
  readonly z: string;
  readonly x: string;
  readonly y: string;
  readonly size: TileSize;
}

/** One canonical form: no blank, fraction, exponent, hex or leading zero; a minus only to say that it is out of range. */
const TILE_NUMBER = /^(?:0|-?[1-9][0-9]{0,14})$/;

export class Catalog {
  readonly layers: readonly Layer[];
  private readonly layersById: ReadonlyMap<string, Layer>;
  private readonly sportIds: ReadonlySet<string>;
  private readonly colorIds: ReadonlySet<string>;

  constructor(options: CatalogOptions = {}) {
    const groups = new Set(options.groups ?? DEFAULT_SPORT_GROUPS);
    const listed = SPORTS.filter((sport) => groups.has(sport.group));
    const known = new Map(SPORTS.map((sport) => [sport.id, sport]));
    const added = [...new Set(options.added ?? [])]
      .filter((id) => !listed.some((sport) => sport.id === id))
      .map((id) => known.get(id) ?? addedSport(id));
    const wanted = new Set(options.colors ?? DEFAULT_COLOR_IDS);
    const colors: Color[] = COLORS.filter((color) => wanted.has(color.id));
    const sports = [...listed, ...added];
    this.layers = sports.flatMap((sport) => colors.map((color) => layerOf(sport, color)));
    this.layersById = new Map(this.layers.map((layer) => [layer.identifier, layer]));
    this.sportIds = new Set(sports.map((sport) => sport.id));
    this.colorIds = new Set(colors.map((color) => color.id));
  }

  /** The layer of that identifier (`{sport}-{color}`, case-sensitive), or a refusal. */
  layer(identifier: string): Resolved<Layer> {
    const layer = this.layersById.get(identifier);
    if (layer) return { ok: true, value: layer };
    return refuse(
      'unknown',
      'layer',
      `There is no layer ${quoted(identifier)}; layers are named {sport}-{color}, e.g. all-hot.`,
    );
  }

  /** The layer of a sport and a colour that came as separate words. */
  layerOf(sport: string, color: string): Resolved<Layer> {
    if (!this.sportIds.has(sport))
      return refuse(
        'unknown',
        'sport',
        `There is no sport ${quoted(sport)}; sports are named like all, ride or sport_Run.`,
      );
    if (!this.colorIds.has(color))
      return refuse(
        'unknown',
        'color',
        `There is no colour ${quoted(color)}; the colours are ${[...this.colorIds].join(', ')}.`,
      );
    return this.layer(`${sport}-${color}`);
  }

  /** The address of a tile of `layer`. z is bounded first, then x and y to 0 .. 2^z - 1. */
  tile(layer: Layer, words: TileWords): Resolved<TileAddress> {
    const { size } = words;
    if (!TILE_NUMBER.test(words.z)) return malformed('z', words.z);
    const z = Number(words.z);
    if (z < 0 || z > MAX_ZOOM[size])
      return refuse(
        'out-of-range',
        'z',
        `Zoom ${z} does not exist at ${size} px; the levels are 0 to ${MAX_ZOOM[size]}.`,
      );
    if (!TILE_NUMBER.test(words.x)) return malformed('x', words.x);
    if (!TILE_NUMBER.test(words.y)) return malformed('y', words.y);
    const x = Number(words.x);
    const y = Number(words.y);
    const last = 2 ** z - 1;
    if (x < 0 || x > last) return outOfRange('x', x, z, last);
    if (y < 0 || y > last) return outOfRange('y', y, z, last);
    return { ok: true, value: tileAddress(layer.identifier, layer.sport.id, layer.color.id, z, x, y, size) };
  }
}

const NAMES = { z: 'zoom', x: 'column', y: 'row' } as const;

function malformed(part: 'z' | 'x' | 'y', found: string) {
  return refuse(
    'malformed',
    part,
    `The ${NAMES[part]} ${quoted(found)} is not a whole number in plain decimal digits (at most 15).`,
  );
}

function outOfRange(part: 'x' | 'y', found: number, z: number, last: number) {
  return refuse(
    'out-of-range',
    part,
    `The ${NAMES[part]} ${found} is outside level ${z}; it goes from 0 to ${last}.`,
  );
}
