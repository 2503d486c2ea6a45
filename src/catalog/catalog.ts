/** The layers of this gateway, and the only code that turns request parameters into a tile address. Pure. */
import { quoted } from '../common/text/quoted.js';
import { COLORS, DEFAULT_COLOR_IDS, type Color } from './color.js';
import { layerOf, type Layer } from './layer.js';
import { refuse, type Resolved } from './refusal.js';
import {
  addedSport,
  DEFAULT_SPORT_GROUPS,
  FORMER_NAMES,
  SPORTS,
  stravaName,
  type SportGroup,
} from './sport.js';
import { tileAddress, type TileAddress } from './tile-address.js';
import { MAX_ZOOM, type TileSize } from './tile-matrix-set.js';

export interface CatalogOptions {
  /** Sport groups to offer. */
  readonly groups?: readonly SportGroup[];
  /** Ids of additional sports; each matches `sport_[A-Za-z]+`. */
  readonly added?: readonly string[];
  /** Ids of the colours to offer. */
  readonly colors?: readonly string[];
}

/** The coordinates of a tile as a request has them, not yet parsed. */
export interface TileCoordinates {
  readonly z: string;
  readonly x: string;
  readonly y: string;
  readonly size: TileSize;
}

/** The canonical form only: no whitespace, fraction, exponent, hexadecimal or leading zero. A minus leads to `out-of-range`. */
const TILE_NUMBER = /^(?:0|-?[1-9][0-9]{0,14})$/;

export class Catalog {
  readonly layers: readonly Layer[];
  private readonly layersById: ReadonlyMap<string, Layer>;
  /** By id and by Strava's name. */
  private readonly sportIds: ReadonlyMap<string, string>;
  /** By former name, and by name in lower case: for suggestions only. */
  private readonly similarSportIds: ReadonlyMap<string, string>;
  private readonly colorIds: ReadonlySet<string>;

  constructor(options: CatalogOptions = {}) {
    const groups = new Set(options.groups ?? DEFAULT_SPORT_GROUPS);
    const listed = SPORTS.filter((sport) => groups.has(sport.group));
    const known = new Map(SPORTS.map((sport) => [sport.id, sport]));
    const added = [...new Set(options.added ?? [])]
      .filter((id) => !listed.some((sport) => sport.id === id))
      .map((id) => known.get(id) ?? addedSport(id));
    const enabledColors = new Set(options.colors ?? DEFAULT_COLOR_IDS);
    const colors: Color[] = COLORS.filter((color) => enabledColors.has(color.id));
    const sports = [...listed, ...added];
    this.layers = sports.flatMap((sport) => colors.map((color) => layerOf(sport, color)));
    this.layersById = new Map(this.layers.map((layer) => [layer.identifier, layer]));
    const ids = sports.map((sport) => sport.id);
    this.sportIds = new Map([
      ...ids.map((id) => [stravaName(id), id] as const),
      ...ids.map((id) => [id, id] as const),
    ]);
    this.similarSportIds = new Map([
      ...Object.entries(FORMER_NAMES).filter(([, id]) => ids.includes(id)),
      ...[...this.sportIds].map(([name, id]) => [name.toLowerCase(), id] as const),
    ]);
    this.colorIds = new Set(colors.map((color) => color.id));
  }

  /** The layer with this identifier (`{sport}-{color}`, case-sensitive), or a refusal. */
  layer(identifier: string): Resolved<Layer> {
    const layer = this.layersById.get(identifier);
    if (layer) return { ok: true, value: layer };
    const similar = this.layerNamed(identifier, this.similarSportIds, (name) => name.toLowerCase());
    return refuse(
      'unknown',
      'layer',
      `Unknown layer ${quoted(identifier)}; expected {sport}-{color}, e.g. ${similar?.identifier ?? 'all-hot'}.`,
    );
  }

  /** As {@link layer}, with the sport by its id or by Strava's name, e.g. `Hike-hot`. */
  layerOfPath(identifier: string): Resolved<Layer> {
    const layer = this.layerNamed(identifier, this.sportIds);
    return layer ? { ok: true, value: layer } : this.layer(identifier);
  }

  /** The id of a sport that is offered, by its id or by Strava's name. */
  sportId(name: string): string | undefined {
    return this.sportIds.get(name);
  }

  /** The layer of a sport, by id or by Strava's name, and a colour, for URLs that have them in separate segments. */
  layerOf(sport: string, color: string): Resolved<Layer> {
    const id = this.sportIds.get(sport);
    if (id === undefined) {
      const similar = this.similarSportIds.get(sport.toLowerCase());
      return refuse(
        'unknown',
        'sport',
        `Unknown sport ${quoted(sport)}; expected ${similar ?? 'an id such as all, ride or sport_Run'}.`,
      );
    }
    if (!this.colorIds.has(color))
      return refuse(
        'unknown',
        'color',
        `Unknown colour ${quoted(color)}; expected one of ${[...this.colorIds].join(', ')}.`,
      );
    return this.layer(`${id}-${color}`);
  }

  private layerNamed(
    identifier: string,
    sportIds: ReadonlyMap<string, string>,
    normalised = (text: string) => text,
  ): Layer | undefined {
    const [, sport = '', color = ''] = /^(.+)-([^-]+)$/.exec(normalised(identifier)) ?? [];
    return this.layersById.get(`${sportIds.get(sport)}-${color}`);
  }

  /** The address of a tile of `layer`. Checks z first, then that x and y are between 0 and 2^z - 1. */
  tile(layer: Layer, coordinates: TileCoordinates): Resolved<TileAddress> {
    const { size } = coordinates;
    if (!TILE_NUMBER.test(coordinates.z)) return malformed('z', coordinates.z);
    const z = Number(coordinates.z);
    if (z < 0 || z > MAX_ZOOM[size])
      return refuse(
        'out-of-range',
        'z',
        `Zoom ${z} does not exist for ${size} px tiles; expected 0 to ${MAX_ZOOM[size]}.`,
      );
    if (!TILE_NUMBER.test(coordinates.x)) return malformed('x', coordinates.x);
    if (!TILE_NUMBER.test(coordinates.y)) return malformed('y', coordinates.y);
    const x = Number(coordinates.x);
    const y = Number(coordinates.y);
    const last = 2 ** z - 1;
    if (x < 0 || x > last) return outOfRange('x', x, z, last);
    if (y < 0 || y > last) return outOfRange('y', y, z, last);
    return { ok: true, value: tileAddress(layer.identifier, layer.sport.id, layer.color.id, z, x, y, size) };
  }
}

const NAMES = { z: 'zoom', x: 'tile column', y: 'tile row' } as const;

function malformed(part: 'z' | 'x' | 'y', found: string) {
  return refuse(
    'malformed',
    part,
    `Invalid ${NAMES[part]} ${quoted(found)}; expected a decimal integer of at most 15 digits without leading zeros.`,
  );
}

function outOfRange(part: 'x' | 'y', found: number, z: number, last: number) {
  return refuse(
    'out-of-range',
    part,
    `The ${NAMES[part]} ${found} does not exist at zoom ${z}; expected 0 to ${last}.`,
  );
}
