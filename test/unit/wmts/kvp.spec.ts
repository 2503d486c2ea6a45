import { parse } from 'node:querystring';
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { Catalog, TILE_MATRIX_SETS } from '../../../src/catalog/index.js';
import { type ExceptionCode, HttpProblem } from '../../../src/http/errors/http-problem.js';
import {
  chosenLayers,
  chosenTileMatrixSets,
  isUnchanged,
  negotiateVersion,
  sectionsOf,
} from '../../../src/wmts/get-capabilities.js';
import { problemForGetTile, resolveGetTile } from '../../../src/wmts/get-tile.js';
import { Kvp } from '../../../src/wmts/kvp.js';
import { nearly, numberText, oddText, recased, wellFormed } from '../../support/properties/arbitraries.js';
import { holds, outcome } from '../../support/properties/holds.js';

const catalog = new Catalog();
const CURRENT = '200001000';
const CODES: readonly ExceptionCode[] = [
  'MissingParameterValue',
  'InvalidParameterValue',
  'TileOutOfRange',
  'VersionNegotiationFailed',
  'InvalidUpdateSequence',
];
const LOCATORS =
  'service request version layer style format TileMatrixSet TileMatrix TileRow TileCol AcceptVersions Sections ' +
  'updateSequence sports colors tileMatrixSets';

type Query = Readonly<Record<string, unknown>>;
type Pair = readonly [name: string, value: string];

const OPERATIONS = {
  GetCapabilities(query: Query) {
    const kvp = new Kvp(query);
    negotiateVersion(kvp);
    const sections = sectionsOf(kvp);
    const layers = chosenLayers(kvp, catalog).map(({ identifier }) => identifier);
    return {
      sections: sections === 'All' ? sections : [...sections],
      layers,
      sets: chosenTileMatrixSets(kvp).length,
      same: isUnchanged(kvp, CURRENT),
    };
  },
  GetTile(query: Query) {
    const kvp = new Kvp(query);
    for (const name of ['service', 'request', 'version']) kvp.required(name);
    const address = resolveGetTile(catalog, {
      layer: kvp.required('layer'),
      style: kvp.required('style'),
      format: kvp.required('format'),
      tileMatrixSet: kvp.required('TileMatrixSet'),
      tileMatrix: kvp.required('TileMatrix'),
      tileRow: kvp.required('TileRow'),
      tileCol: kvp.required('TileCol'),
    });
    if (!address.ok) throw problemForGetTile(address.refusal, 400);
    return address.value;
  },
};
const answered = (operation: keyof typeof OPERATIONS, query: Query) =>
  outcome(HttpProblem, () => OPERATIONS[operation](query) as object);

const layerName = nearly(...catalog.layers.slice(0, 9).map(({ identifier }) => identifier));
const listOf = (item: fc.Arbitrary<string>) =>
  fc.array(item, { maxLength: 4 }).chain((items) => fc.constantFrom(items.join(','), items.join(' , ,')));
/** Values of each parameter: valid and almost valid ones. */
const VALUES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  service: nearly('WMTS'),
  request: nearly('GetTile', 'GetCapabilities'),
  version: nearly('1.0.0'),
  layer: layerName,
  style: nearly('default'),
  format: nearly('image/png'),
  TileMatrixSet: nearly(...TILE_MATRIX_SETS.map(({ identifier }) => identifier)),
  TileMatrix: numberText,
  TileRow: numberText,
  TileCol: numberText,
  AcceptVersions: listOf(nearly('1.0.0', '2.0.0')),
  Sections: listOf(nearly('All', 'Contents', 'ServiceProvider')),
  updateSequence: fc.oneof(nearly(CURRENT, '100001000', '300001000'), numberText),
  sports: listOf(nearly('all', 'ride', 'sport_Run')),
  colors: listOf(nearly('hot', 'bluered')),
  tileMatrixSets: listOf(nearly(...TILE_MATRIX_SETS.map(({ identifier }) => identifier))),
};
const pair: fc.Arbitrary<Pair> = fc.oneof(
  ...Object.entries(VALUES).map(([name, value]) => fc.tuple(recased(name), value)),
  fc.tuple(oddText(8), oddText()),
);
/** The query as the server parses it from the URL. */
const queryOf = (pairs: readonly Pair[]): Query =>
  parse(pairs.map((words) => words.map(escaped).join('=')).join('&'));
const escaped = (word: string) => encodeURIComponent(wellFormed(word));

const someQuery = fc.array(pair, { maxLength: 8 });
/** Every parameter of GetTile once, so that the values are checked. */
const tileQuery = fc
  .tuple(
    ...['service', 'request', 'version', 'layer', 'style', 'format', 'TileMatrixSet'].map((name) =>
      fc.tuple(recased(name), VALUES[name]!),
    ),
    ...['TileMatrix', 'TileRow', 'TileCol'].map((name) => fc.tuple(recased(name), VALUES[name]!)),
  )
  .chain((pairs) => fc.shuffledSubarray(pairs, { minLength: pairs.length - 1 }));
const query = fc.oneof(someQuery, tileQuery);
const operation = fc.constantFrom(...(Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[]));

function expectClientError({ status, detail, details }: HttpProblem): void {
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(CODES).toContain(details.exceptionCode);
  if (details.locator !== undefined) expect(LOCATORS.split(' ')).toContain(details.locator);
  expect(detail).toMatch(/^[^\p{C}\p{Zl}\p{Zp}]{10,}\.$/u);
}

describe('any query', () => {
  it('is answered, or refused with an exception code of the standard and one printable line', () => {
    holds(
      fc.property(operation, query, (name, pairs) => {
        const answer = answered(name, queryOf(pairs));
        if (answer instanceof HttpProblem) expectClientError(answer);
      }),
      1000,
    );
  });

  it('that is no text of pairs at all is answered or refused as well', () => {
    const text = fc.oneof(
      oddText(60),
      fc
        .array(fc.constantFrom('service=', 'WMTS', '&', '=', '%', 'layer', '+', 'sections=', ',', 'all'))
        .map((parts) => parts.join('')),
    );
    holds(
      fc.property(operation, text, (name, words) => {
        const answer = answered(name, parse(words));
        if (answer instanceof HttpProblem) expectClientError(answer);
      }),
    );
  });

  it('means the same with its names in any other case', () => {
    const recasedTwice = query.chain((pairs) =>
      fc.tuple(
        fc.constant(pairs),
        fc.tuple(
          ...pairs.map(([name, value]) =>
            fc.tuple(/^[\x20-\x7e]*$/.test(name) ? recased(name) : fc.constant(name), fc.constant(value)),
          ),
        ),
      ),
    );
    holds(
      fc.property(operation, recasedTwice, (name, [pairs, others]) => {
        const described = (answer: object) =>
          answer instanceof HttpProblem ? [answer.status, answer.detail, answer.details] : answer;
        expect(described(answered(name, queryOf(others)))).toEqual(described(answered(name, queryOf(pairs))));
      }),
    );
  });
});

describe('a parameter', () => {
  const name = fc
    .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 12 })
    .filter((text) => text !== '__proto__');

  it('is returned unchanged, and an empty one counts as absent', () => {
    holds(
      fc.property(
        name.chain((text) => fc.tuple(fc.constant(text), recased(text))),
        oddText(),
        ([asked, sent], value) => {
          const kvp = new Kvp({ [sent]: value });
          expect(kvp.optional(asked)).toBe(value === '' ? undefined : value);
          const required = outcome(HttpProblem, () => kvp.required(asked));
          if (value !== '') expect(required).toBe(value);
          else
            expect(required).toMatchObject({
              details: { exceptionCode: 'MissingParameterValue', locator: asked },
            });
        },
      ),
    );
  });

  it('that is repeated is refused, except for the three that clients append', () => {
    const APPENDED = ['service', 'request', 'version'];
    const values = fc.array(nearly('WMTS', 'wmts', '1.0.0'), { minLength: 2, maxLength: 4 });
    holds(
      fc.property(fc.constantFrom('layer', 'TileRow', 'sports', ...APPENDED), values, (asked, sent) => {
        const found = outcome(HttpProblem, () => new Kvp({ [asked]: sent }).optional(asked));
        const same = new Set(sent.map((value) => value.toLowerCase())).size === 1;
        if (APPENDED.includes(asked) && same) expect(found).toBe(sent[0] || undefined);
        else
          expect(found).toMatchObject({
            details: { exceptionCode: 'InvalidParameterValue', locator: asked },
          });
      }),
    );
  });

  it('that is a list is split at its commas, whatever whitespace surrounds them', () => {
    const item = oddText(8).map((text) => text.replaceAll(',', '').trim());
    holds(
      fc.property(
        fc.array(item, { maxLength: 5 }),
        fc.constantFrom(',', ' ,', ', ', ',,', ' , '),
        (items, comma) => {
          const expected = items.filter(Boolean);
          expect(new Kvp({ sports: items.join(comma) }).list('SPORTS')).toEqual(
            expected.length ? expected : undefined,
          );
        },
      ),
    );
  });
});

describe('a document', () => {
  const subsetOf = (words: readonly string[]) =>
    fc.shuffledSubarray([...words], { minLength: 1, maxLength: 3 });
  const idsOf = (part: 'sport' | 'color') => [...new Set(catalog.layers.map((layer) => layer[part].id))];

  it('has exactly the layers of the requested sports and colours, in the order of the catalog', () => {
    holds(
      fc.property(
        fc.option(subsetOf(idsOf('sport'))),
        fc.option(subsetOf(idsOf('color'))),
        (sports, colors) => {
          const kvp = new Kvp({
            ...(sports && { sports: sports.join() }),
            ...(colors && { colors: colors.join() }),
          });
          expect(chosenLayers(kvp, catalog)).toEqual(
            catalog.layers.filter(
              ({ sport, color }) =>
                (!sports || sports.includes(sport.id)) && (!colors || colors.includes(color.id)),
            ),
          );
        },
      ),
      100,
    );
  });

  it('is unchanged for the current updateSequence, and refused for a higher one', () => {
    holds(
      fc.property(
        fc.integer({ min: 0, max: 999_999_999 }),
        fc.integer({ min: 1, max: 999_999_999 }),
        (held, current) => {
          const answer = outcome(HttpProblem, () =>
            isUnchanged(new Kvp({ UpdateSequence: `${held}` }), `${current}`),
          );
          if (held > current)
            expect(answer).toMatchObject({
              status: 400,
              details: { exceptionCode: 'InvalidUpdateSequence' },
            });
          else expect(answer).toBe(held === current);
        },
      ),
    );
  });
});
