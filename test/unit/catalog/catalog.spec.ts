import { describe, expect, it } from '@jest/globals';
import {
  Catalog,
  COLOR_IDS,
  MAX_ZOOM,
  SPORT_GROUPS,
  SPORTS,
  type Layer,
  type Resolved,
  type TileSize,
} from '../../../src/catalog/index.js';

/** The sports of the upstream, listed independently of the source. */
const KNOWN = {
  top: ['all', 'run', 'ride', 'water', 'winter'],
  foot: ['Run', 'TrailRun', 'Walk', 'Hike'],
  cycle: ['Ride', 'MountainBikeRide', 'GravelRide', 'EBikeRide', 'EMountainBikeRide', 'Velomobile'],
  water: [
    'Canoeing',
    'Kayaking',
    'Kitesurf',
    'Rowing',
    'Sail',
    'StandUpPaddling',
    'Surfing',
    'Swim',
    'Windsurf',
  ],
  winter: ['AlpineSki', 'BackcountrySki', 'IceSkate', 'NordicSki', 'Snowboard', 'Snowshoe'],
  other: [
    'Badminton',
    'Golf',
    'Handcycle',
    'InlineSkate',
    'Pickleball',
    'RockClimbing',
    'RollerSki',
    'Skateboard',
    'Soccer',
    'Tennis',
    'Wheelchair',
  ],
  virtual: ['VirtualRide', 'VirtualRow', 'VirtualRun', 'Workout'],
  weak: ['Basketball', 'Cricket', 'Dance', 'Padel', 'PhysicalTherapy', 'Volleyball'],
  'no-data': [
    'Elliptical',
    'Crossfit',
    'Yoga',
    'WeightTraining',
    'StairStepper',
    'Pilates',
    'TableTennis',
    'Squash',
    'Racquetball',
    'HighIntensityIntervalTraining',
  ],
};

const SIZES: readonly TileSize[] = [256, 512, 1024];

/** In the order of the group `top`. */
const STRAVA_GROUPS = ['All', 'RunLike', 'RideLike', 'WaterLike', 'WinterLike'];

const sportsOf = ({ layers }: Catalog) => [...new Set(layers.map(({ sport }) => sport.id))];
const colorsOf = ({ layers }: Catalog) => [...new Set(layers.map(({ color }) => color.id))];
const everything = new Catalog({ groups: SPORT_GROUPS, colors: COLOR_IDS });
const catalog = new Catalog();

function valueOf<T>(resolved: Resolved<T>): T {
  if (!resolved.ok) throw new Error(resolved.refusal.detail);
  return resolved.value;
}
/** Kind and part of a refusal, or `fine`. */
function outcomeOf(resolved: Resolved<unknown>): string {
  return resolved.ok ? 'fine' : `${resolved.refusal.kind} ${resolved.refusal.part}`;
}
const anyLayer: Layer = valueOf(catalog.layer('all-hot'));

describe('the catalog', () => {
  it.each(Object.entries(KNOWN))('knows every sport of the group %s', (group, names) => {
    const ids = names.map((name) => (group === 'top' ? name : `sport_${name}`));
    expect(SPORTS.filter((sport) => sport.group === group).map(({ id }) => id)).toEqual(ids);
  });

  it('offers 45 sports in 7 colours, 315 layers, by default', () => {
    expect(sportsOf(catalog)).toHaveLength(45);
    expect(colorsOf(catalog)).toEqual(['hot', 'blue', 'bluered', 'purple', 'gray', 'orange', 'mobileblue']);
    expect(catalog.layers).toHaveLength(315);
  });

  it('offers no sport that the upstream rejects, even with every group on', () => {
    const rejected = ['foot', 'cycling', 'ski', 'hike', 'walk', 'other'];
    rejected.push('sport_Ski', 'sport_Snowmobile', 'sport_Sailing');
    expect(sportsOf(everything).filter((id) => rejected.includes(id))).toEqual([]);
    expect(sportsOf(everything)).toHaveLength(Object.values(KNOWN).flat().length);
  });

  it('names each layer {sport}-{color}, once, out of A-Z, a-z, 0-9, "_" and "-"', () => {
    const names = everything.layers.map(({ identifier }) => identifier);
    expect(new Set(names).size).toBe(names.length);
    for (const { identifier, sport, color } of everything.layers) {
      expect(identifier).toBe(`${sport.id}-${color.id}`);
      expect(identifier).toMatch(/^[A-Za-z0-9_-]+$/);
    }
  });

  it('gives each layer a unique title, since some clients show only that', () => {
    expect(new Set(everything.layers.map(({ title }) => title)).size).toBe(everything.layers.length);
  });

  it.each([
    ['sport_EMountainBikeRide', 'E-Mountain Bike Ride'],
    ['sport_EBikeRide', 'E-Bike Ride'],
    ['sport_Elliptical', 'Elliptical'],
    ['sport_StandUpPaddling', 'Stand Up Paddling'],
    ['sport_Run', 'Run'],
    ['all', 'All Sports'],
  ])('calls %s "%s"', (id, title) => {
    expect(valueOf(everything.layerOf(id, 'bluered')).title).toBe(`${title} - Blue-Red`);
  });
});

describe('a deployment', () => {
  it('can turn groups of sports on and off', () => {
    expect(sportsOf(new Catalog({ groups: ['top'] }))).toEqual(KNOWN.top);
    expect(sportsOf(new Catalog({ groups: ['weak', 'foot'] }))).toEqual(
      [...KNOWN.foot, ...KNOWN.weak].map((name) => `sport_${name}`),
    );
    expect(sportsOf(catalog)).not.toContain('sport_Yoga');
  });

  it('can choose colours, whose order does not depend on the choice', () => {
    expect(colorsOf(new Catalog({ colors: ['grayscale', 'hot'] }))).toEqual(['hot', 'grayscale']);
    expect(outcomeOf(catalog.layerOf('all', 'grayscale'))).toBe('unknown color');
    expect(outcomeOf(new Catalog({ colors: ['grayscale'] }).layer('all-grayscale'))).toBe('fine');
  });

  it('can add an unknown sport, at the end of the list', () => {
    const extended = new Catalog({ groups: ['top'], added: ['sport_SpeedChess'] });
    expect(sportsOf(extended)).toEqual([...KNOWN.top, 'sport_SpeedChess']);
    expect(valueOf(extended.layer('sport_SpeedChess-hot')).title).toBe('Speed Chess - Hot');
  });

  it('can add one sport of a disabled group, which keeps its group', () => {
    const extended = new Catalog({ groups: ['top'], added: ['sport_Yoga'] });
    expect(valueOf(extended.layer('sport_Yoga-hot')).sport.group).toBe('no-data');
    expect(sportsOf(extended)).not.toContain('sport_Pilates');
  });

  it('that adds a sport twice, or one of an enabled group, gets it once', () => {
    const extended = new Catalog({ groups: ['foot'], added: ['sport_Run', 'sport_Chess', 'sport_Chess'] });
    expect(sportsOf(extended).filter((id) => id === 'sport_Run' || id === 'sport_Chess')).toEqual([
      'sport_Run',
      'sport_Chess',
    ]);
    expect(extended.layers).toHaveLength(5 * 7);
  });
});

describe('a layer', () => {
  it.each(['ALL-hot', 'all', 'all-', 'all-hot ', 'all_hot', 'all-grayscale', '', '__proto__', 'constructor'])(
    'is not found by "%s"',
    (identifier) => {
      expect(outcomeOf(catalog.layer(identifier))).toBe('unknown layer');
    },
  );

  it('is found by sport and colour, and the refusal names the wrong one of the two', () => {
    expect(valueOf(catalog.layerOf('ride', 'blue')).identifier).toBe('ride-blue');
    expect(outcomeOf(catalog.layerOf('RIDE', 'blue'))).toBe('unknown sport');
    expect(outcomeOf(catalog.layerOf('ride', 'Blue'))).toBe('unknown color');
    // Neither part may contain the hyphen.
    expect(outcomeOf(catalog.layerOf('all-hot', ''))).toBe('unknown sport');
  });

  it("is found by Strava's name of the sport as well, but not by that of a sport that is not offered", () => {
    for (const { identifier, sport, color } of everything.layers) {
      const group = KNOWN.top!.indexOf(sport.id);
      const name = group < 0 ? sport.id.slice('sport_'.length) : STRAVA_GROUPS[group]!;
      expect(valueOf(everything.layerOf(name, color.id)).identifier).toBe(identifier);
      expect(valueOf(everything.layerOfPath(`${name}-${color.id}`)).identifier).toBe(identifier);
      expect(outcomeOf(everything.layer(`${name}-${color.id}`))).toBe('unknown layer');
    }
    expect(outcomeOf(catalog.layerOf('Yoga', 'hot'))).toBe('unknown sport');
    expect(valueOf(new Catalog({ added: ['sport_Curling'] }).layerOf('Curling', 'hot')).sport.id).toBe(
      'sport_Curling',
    );
  });

  it('that is refused is quoted on one line, shortened, with its own characters', () => {
    const hostile = `<b>"&\n\u2028${'x'.repeat(100)}`;
    for (const refused of [
      catalog.layer(hostile),
      catalog.layerOf(hostile, 'hot'),
      catalog.layerOf('all', hostile),
    ]) {
      const detail = refused.ok ? '' : refused.refusal.detail;
      expect(detail).toContain(' "<b>"&??..."; expected ');
    }
  });
});

describe.each(SIZES)('a tile of %i px', (size) => {
  const resolve = (z: number | string, x: number | string, y: number | string) =>
    catalog.tile(anyLayer, { z: `${z}`, x: `${x}`, y: `${y}`, size });

  it('exists at each corner of the matrix of each zoom, and not outside it', () => {
    for (let z = 0; z <= MAX_ZOOM[size]; z++) {
      const last = 2 ** z - 1;
      const corners = [
        [0, 0],
        [last, 0],
        [0, last],
        [last, last],
      ] as const;
      for (const [x, y] of corners) expect(valueOf(resolve(z, x, y))).toMatchObject({ z, x, y, size });
      for (const outside of [-1, last + 1]) {
        expect(outcomeOf(resolve(z, outside, last))).toBe('out-of-range x');
        expect(outcomeOf(resolve(z, last, outside))).toBe('out-of-range y');
      }
    }
  });

  it('does not exist above the max zoom, nor at a negative zoom', () => {
    expect(outcomeOf(resolve(MAX_ZOOM[size] + 1, 0, 0))).toBe('out-of-range z');
    expect(outcomeOf(resolve(-1, 0, 0))).toBe('out-of-range z');
  });

  it('is checked by zoom first, then by column, then by row', () => {
    expect(outcomeOf(resolve('99', 'x', 'y'))).toBe('out-of-range z');
    expect(outcomeOf(resolve('z', 'x', 'y'))).toBe('malformed z');
    expect(outcomeOf(resolve('1', 'x', 'y'))).toBe('malformed x');
    expect(outcomeOf(resolve('1', '0', 'y'))).toBe('malformed y');
    expect(outcomeOf(resolve('1', '2', '2'))).toBe('out-of-range x');
  });
});

describe('a tile number', () => {
  it.each(['', ' 1', '1 ', '1\n', '+1', '-0', '01', '1.0', '1e0', '0x1', '١', '1234567890123456'])(
    '"%s" is malformed',
    (word) => {
      expect(outcomeOf(catalog.tile(anyLayer, { z: word, x: '0', y: '0', size: 256 }))).toBe('malformed z');
    },
  );

  it('of fifteen digits is out of range', () => {
    const word = '9'.repeat(15);
    expect(outcomeOf(catalog.tile(anyLayer, { z: '3', x: word, y: '0', size: 256 }))).toBe('out-of-range x');
  });
});

it('an address has every part of the upstream URL, and a unique key', () => {
  const layer = valueOf(catalog.layer('sport_Ride-bluered'));
  const address = valueOf(catalog.tile(layer, { z: '11', x: '1072', y: '717', size: 512 }));
  expect(address).toEqual({
    layer: 'sport_Ride-bluered',
    sport: 'sport_Ride',
    color: 'bluered',
    z: 11,
    x: 1072,
    y: 717,
    size: 512,
    key: 'sport_Ride-bluered/512/11/1072/717',
  });
  const keys = new Set<string>();
  for (const size of SIZES)
    for (let z = 0; z <= 3; z++)
      for (let x = 0; x < 2 ** z; x++)
        for (let y = 0; y < 2 ** z; y++)
          keys.add(valueOf(catalog.tile(layer, { z: `${z}`, x: `${x}`, y: `${y}`, size })).key);
  expect(keys.size).toBe(3 * (1 + 4 + 16 + 64));
});
