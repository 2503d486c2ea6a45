import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import {
  Catalog,
  COLOR_IDS,
  FORMAT,
  flipRow,
  type Layer,
  MAX_ZOOM,
  SPORT_GROUPS,
  stravaName,
  STYLE,
  TILE_MATRIX_SETS,
  type TileAddress,
  type TileSize,
} from '../../../src/catalog/index.js';
import { type GetTileParameters, resolveGetTile } from '../../../src/wmts/get-tile.js';
import { parseTileFile } from '../../../src/xyz/tile-file.js';
import { altered, nearly, numberText, oddText, wrong } from '../../support/properties/arbitraries.js';
import { holds } from '../../support/properties/holds.js';

/** One line of printable characters. */
const PRINTABLE = /^[^\p{C}\p{Zl}\p{Zp}]+$/u;

const catalog = new Catalog();
const size = fc.constantFrom<TileSize>(256, 512, 1024);
const layer = fc.constantFrom(...catalog.layers);

/** Parameters of an existing tile. */
const valid = fc
  .record({ layer, size })
  .chain((words) => fc.tuple(fc.constant(words), fc.nat(MAX_ZOOM[words.size])))
  .chain(([words, z]) =>
    fc.record({
      layer: fc.constant(words.layer),
      size: fc.constant(words.size),
      z: fc.constant(String(z)),
      x: fc.nat(2 ** z - 1).map(String),
      y: fc.nat(2 ** z - 1).map(String),
    }),
  );
/** The same with one or more of the numbers changed or written differently. */
const invalid = valid.chain((words) => {
  const width = 2 ** Number(words.z);
  const nearLimit = fc.constantFrom(`${width}`, `${width - 1}`, '-1', `0${words.x}`, `${words.y}.0`);
  const another = fc.oneof(numberText, nearLimit);
  const zooms = fc.constantFrom(`${MAX_ZOOM[words.size]}`, `${MAX_ZOOM[words.size] + 1}`, '-1');
  return altered(words, { z: fc.oneof(numberText, zooms), x: another, y: another });
});

/** Whether `word` is the canonical decimal form of an integer from 0 to `last`. */
function isCanonical(word: string, last: number): boolean {
  const number = Number(word);
  return Number.isInteger(number) && number >= 0 && number <= last && String(number) === word;
}

/** The parts of a key. Since a key can be parsed, no two tiles share one. */
function readKey(key: string) {
  const [identifier, edge, z, x, y, ...rest] = key.split('/');
  expect(rest).toEqual([]);
  return { identifier, size: Number(edge), z, x, y };
}

function expectAddressOf(
  address: TileAddress,
  words: { layer: Layer; size: TileSize; z: string; x: string; y: string },
): void {
  const {
    layer: { identifier, sport, color },
    size: edge,
    z,
    x,
    y,
  } = words;
  expect(address).toEqual({
    layer: identifier,
    sport: sport.id,
    color: color.id,
    z: Number(z),
    x: Number(x),
    y: Number(y),
    size: edge,
    key: address.key,
  });
  expect(readKey(address.key)).toEqual({ identifier, size: edge, z, x, y });
  expect(address.key).toMatch(/^[A-Za-z0-9_-]+(?:\/(?:0|[1-9]\d*)){4}$/);
}

describe('any tile coordinates', () => {
  it('become an address if they are canonical decimals within the matrix, and only then', () => {
    holds(
      fc.property(fc.oneof(valid, invalid), (words) => {
        const { z, x, y } = words;
        const last = 2 ** Number(z) - 1;
        const exists = isCanonical(z, MAX_ZOOM[words.size]) && isCanonical(x, last) && isCanonical(y, last);
        const resolved = catalog.tile(words.layer, words);
        expect(resolved.ok).toBe(exists);
        if (resolved.ok) expectAddressOf(resolved.value, words);
      }),
      1000,
    );
  });

  it('that are refused name the coordinate, and whether it is malformed or out of range', () => {
    const isNumber = (word: string) =>
      word !== '-0' && String(BigInt(word)) === word && word.replace('-', '').length <= 15;
    holds(
      fc.property(invalid, (words) => {
        const resolved = catalog.tile(words.layer, words);
        if (resolved.ok) return;
        const { kind, part, detail } = resolved.refusal;
        if (part !== 'z' && part !== 'x' && part !== 'y') throw new Error(`${part} is no number`);
        const zoomIsGood = isCanonical(words.z, MAX_ZOOM[words.size]);
        expect(part === 'z').toBe(!zoomIsGood);
        expect(isCanonical(words[part], zoomIsGood ? 2 ** Number(words.z) - 1 : MAX_ZOOM[words.size])).toBe(
          false,
        );
        expect(kind).toBe(
          /^-?\d+$/.test(words[part]) && isNumber(words[part]) ? 'out-of-range' : 'malformed',
        );
        expect(detail).toMatch(PRINTABLE);
        expect(detail.length).toBeLessThan(200);
      }),
    );
  });
});

it('flipping the row counts it from the south, and flipping it again restores the address', () => {
  holds(
    fc.property(valid, (words) => {
      const resolved = catalog.tile(words.layer, words);
      if (!resolved.ok) throw new Error(resolved.refusal.detail);
      const flipped = flipRow(resolved.value);
      expectAddressOf(flipped, { ...words, y: String(2 ** Number(words.z) - 1 - Number(words.y)) });
      expect(flipRow(flipped)).toEqual(resolved.value);
    }),
  );
});

describe('any layer identifier', () => {
  const names = catalog.layers.slice(0, 20).map(({ identifier }) => identifier);

  it('is exactly that of a layer, or is refused', () => {
    holds(
      fc.property(nearly(...names, 'constructor', '__proto__', 'toString'), (name) => {
        const resolved = catalog.layer(name);
        expect(resolved.ok).toBe(catalog.layers.some(({ identifier }) => identifier === name));
        if (resolved.ok) expect(resolved.value.identifier).toBe(name);
        else expect(resolved.refusal.detail).toMatch(PRINTABLE);
      }),
      500,
    );
  });

  it('is found by sport and colour, neither of which may contain the hyphen', () => {
    const word = nearly(
      'all',
      'ride',
      'sport_Run',
      'hot',
      'bluered',
      'grayscale',
      '',
      'all-hot',
      'hot-',
      'Run',
    );
    holds(
      fc.property(word, word, (sport, color) => {
        const resolved = catalog.layerOf(sport, color);
        const ofSport = catalog.layers.filter(
          ({ sport: { id } }) => id === sport || stravaName(id) === sport,
        );
        const meant = ofSport.find((known) => known.color.id === color);
        expect(resolved.ok ? resolved.value : undefined).toBe(meant);
        if (!resolved.ok) expect(resolved.refusal.part).toBe(ofSport.length > 0 ? 'color' : 'sport');
      }),
      500,
    );
  });
});

it('every layer of any choice of sports and colours is found by its own identifier', () => {
  const added = fc.array(
    fc.oneof(fc.constantFrom('sport_Run', 'sport_Yoga'), fc.stringMatching(/^sport_[A-Za-z]{1,9}$/)),
    { maxLength: 4 },
  );
  const options = fc.record({
    groups: fc.subarray([...SPORT_GROUPS]),
    added,
    colors: fc.shuffledSubarray([...COLOR_IDS]),
  });
  holds(
    fc.property(options, (chosen) => {
      const some = new Catalog(chosen);
      expect(new Set(some.layers.map(({ identifier }) => identifier)).size).toBe(some.layers.length);
      for (const known of some.layers) {
        expect(known.identifier).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(some.layer(known.identifier)).toEqual({ ok: true, value: known });
        expect(some.layerOf(known.sport.id, known.color.id)).toEqual({ ok: true, value: known });
      }
    }),
    30,
  );
});

describe('any last segment of a path', () => {
  it('splits into parts that join to it again, or is not a tile', () => {
    const file = fc.oneof(
      fc
        .tuple(
          fc.oneof(numberText, oddText(6)),
          fc.constantFrom('', '@2x', '@small', '@', '@@2x', '@2x@2x'),
          fc.constantFrom('.png', '.png\n', 'xpng', '.PNG', '.jpg', ''),
        )
        .map((parts) => parts.join('')),
      oddText(),
    );
    holds(
      fc.property(file, (text) => {
        const parts = parseTileFile(text);
        const ats = text.split('@').length - 1;
        expect(parts !== undefined).toBe(text.endsWith('.png') && ats <= 1);
        if (!parts) return;
        expect(`${parts.number}${parts.suffix}.png`).toBe(text);
        expect(parts.number).not.toContain('@');
        expect(parts.suffix === '' || parts.suffix.startsWith('@')).toBe(true);
      }),
      1000,
    );
  });

  it('identifies a tile in its canonical form only', () => {
    const form = (text: string) => {
      const file = parseTileFile(text);
      const resolved =
        file && catalog.tile(catalog.layers[0]!, { z: '3', x: '0', y: file.number, size: 256 });
      return resolved?.ok ? `${resolved.value.y}${file!.suffix}.png` : undefined;
    };
    holds(
      fc.property(
        fc.tuple(numberText, fc.constantFrom('', '@2x', '@'), fc.constantFrom('.png', '.png ', '.png.png')),
        (parts) => {
          const text = parts.join('');
          expect([undefined, text]).toContain(form(text));
        },
      ),
    );
  });
});

it('any parameters of GetTile resolve to exactly the tile that they name, or are refused', () => {
  const setOf = (edge: TileSize) => TILE_MATRIX_SETS.find(({ tileSize }) => tileSize === edge)?.identifier;
  const request = valid.chain((words) => {
    const whole: GetTileParameters = {
      layer: words.layer.identifier,
      style: STYLE,
      format: FORMAT,
      // No TileMatrixSet has 1024 px.
      tileMatrixSet: setOf(words.size) ?? 'WebMercatorQuadx2',
      tileMatrix: words.z,
      tileRow: words.y,
      tileCol: words.x,
    };
    const changed = altered(whole, {
      layer: wrong(whole.layer),
      style: wrong(STYLE),
      format: wrong(FORMAT),
      tileMatrixSet: nearly(...TILE_MATRIX_SETS.map(({ identifier }) => identifier)),
      tileMatrix: numberText,
      tileRow: numberText,
      tileCol: numberText,
    });
    return fc.oneof(fc.constant(whole), { arbitrary: changed, weight: 4 });
  });
  holds(
    fc.property(request, (asked) => {
      const resolved = resolveGetTile(catalog, asked);
      if (!resolved.ok) return;
      const set = TILE_MATRIX_SETS.find(({ identifier }) => identifier === asked.tileMatrixSet)!;
      expect([asked.style, asked.format]).toEqual([STYLE, FORMAT]);
      expect(readKey(resolved.value.key)).toEqual({
        identifier: asked.layer,
        size: set.tileSize,
        z: asked.tileMatrix,
        x: asked.tileCol,
        y: asked.tileRow,
      });
    }),
    600,
  );
});
