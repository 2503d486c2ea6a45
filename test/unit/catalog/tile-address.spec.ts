import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import {
  Catalog,
  COLOR_IDS,
  FORMAT,
  type Layer,
  MAX_ZOOM,
  SPORT_GROUPS,
  STYLE,
  TILE_MATRIX_SETS,
  type TileAddress,
  type TileSize,
} from '../../../src/catalog/index.js';
import { type GetTile, resolveGetTile } from '../../../src/wmts/get-tile.js';
import { parseTileFile } from '../../../src/xyz/tile-file.js';
import { altered, nearly, numberText, oddText, wrong } from '../../support/properties/arbitraries.js';
import { holds } from '../../support/properties/holds.js';

const catalog = new Catalog();
const size = fc.constantFrom<TileSize>(256, 512, 1024);
const layer = fc.constantFrom(...catalog.layers);

/** Words of a tile that exists. */
const good = fc
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
/** The same, with one or some of its numbers written in another way or being others. */
const spoilt = good.chain((words) => {
  const width = 2 ** Number(words.z);
  const beside = fc.constantFrom(`${width}`, `${width - 1}`, '-1', `0${words.x}`, `${words.y}.0`);
  const another = fc.oneof(numberText, beside);
  const levels = fc.constantFrom(`${MAX_ZOOM[words.size]}`, `${MAX_ZOOM[words.size] + 1}`, '-1');
  return altered(words, { z: fc.oneof(numberText, levels), x: another, y: another });
});

/** Whether `word` is how a program prints a whole number of 0 to `last`. */
function isCanonical(word: string, last: number): boolean {
  const number = Number(word);
  return Number.isInteger(number) && number >= 0 && number <= last && String(number) === word;
}

/** The parts of a key; that they can be had back shows that no two tiles have one key. */
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

describe('any words of a tile', () => {
  it('become an address if they are canonical decimals within the matrix, and only then', () => {
    holds(
      fc.property(fc.oneof(good, spoilt), (words) => {
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

  it('that are refused are told apart: which one it is, and whether it is no number or a number of no tile', () => {
    const isNumber = (word: string) =>
      word !== '-0' && String(BigInt(word)) === word && word.replace('-', '').length <= 15;
    holds(
      fc.property(spoilt, (words) => {
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
        expect(detail).toMatch(/^[\x20-\x7e]+$/);
        expect(detail.length).toBeLessThan(200);
      }),
    );
  });
});

describe('any name of a layer', () => {
  const names = catalog.layers.slice(0, 20).map(({ identifier }) => identifier);

  it('is that of a layer to the letter, or names none', () => {
    holds(
      fc.property(nearly(...names, 'constructor', '__proto__', 'toString'), (name) => {
        const resolved = catalog.layer(name);
        expect(resolved.ok).toBe(catalog.layers.some(({ identifier }) => identifier === name));
        if (resolved.ok) expect(resolved.value.identifier).toBe(name);
        else expect(resolved.refusal.detail).toMatch(/^[\x20-\x7e]+$/);
      }),
      500,
    );
  });

  it('and of a sport and a colour apart, which are not read across the hyphen', () => {
    const word = nearly('all', 'ride', 'sport_Run', 'hot', 'bluered', 'grayscale', '', 'all-hot', 'hot-');
    holds(
      fc.property(word, word, (sport, color) => {
        const resolved = catalog.layerOf(sport, color);
        const meant = catalog.layers.find((known) => known.sport.id === sport && known.color.id === color);
        expect(resolved.ok ? resolved.value : undefined).toBe(meant);
        const sportIsKnown = catalog.layers.some((known) => known.sport.id === sport);
        if (!resolved.ok) expect(resolved.refusal.part).toBe(sportIsKnown ? 'color' : 'sport');
      }),
      500,
    );
  });
});

it('any choice of sports and colours gives layers that are found by their names, each by one of its own', () => {
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
  it('falls apart into what makes it up again, or is no tile', () => {
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

  it('leads to a tile in one form only', () => {
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

it('any words of GetTile lead to the tile that they name to the letter, or to none', () => {
  const setOf = (edge: TileSize) => TILE_MATRIX_SETS.find(({ tileSize }) => tileSize === edge)?.identifier;
  const request = good.chain((words) => {
    const whole: GetTile = {
      layer: words.layer.identifier,
      style: STYLE,
      format: FORMAT,
      // There is none of 1024 px.
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
