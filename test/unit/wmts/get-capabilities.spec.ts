import { describe, expect, it } from '@jest/globals';
import { Catalog, TILE_MATRIX_SETS } from '../../../src/catalog/index.js';
import { HttpProblem } from '../../../src/http/index.js';
import {
  chosenLayers,
  chosenTileMatrixSets,
  isUnchanged,
  negotiateVersion,
  sectionsOf,
} from '../../../src/wmts/get-capabilities.js';
import { Kvp } from '../../../src/wmts/kvp.js';

const catalog = new Catalog();
const names = (query: Record<string, string>) =>
  chosenLayers(new Kvp(query), catalog).map(({ identifier }) => identifier);

describe('AcceptVersions', () => {
  it.each([undefined, '', '1.0.0', '2.0.0,1.0.0', ' 1.0.0 , 0.9'])(
    'of %j is satisfied by 1.0.0',
    (versions) => {
      expect(() =>
        negotiateVersion(new Kvp(versions === undefined ? {} : { acceptversions: versions })),
      ).not.toThrow();
    },
  );

  it.each(['1.0', '1.0.0.0', '2.0.0'])('of %j is not', (versions) => {
    expect(() => negotiateVersion(new Kvp({ ACCEPTVERSIONS: versions }))).toThrow(HttpProblem);
  });
});

describe('Sections', () => {
  it.each([
    [undefined, 'All'],
    ['all', 'All'],
    ['Contents,ALL', 'All'],
    ['contents', ['Contents']],
    [' ServiceProvider , ,CONTENTS', ['ServiceProvider', 'Contents']],
  ])('of %j are %j', (sections, expected) => {
    const found = sectionsOf(new Kvp(sections === undefined ? {} : { sections }));
    expect(found === 'All' ? found : [...found]).toEqual(expected);
  });
});

describe('Sections without a value', () => {
  it.each(['', ' ', ',', ' , '])('%j is a missing value', (sections) => {
    for (const name of ['sections', 'SECTIONS', 'Sections'])
      expect(() => sectionsOf(new Kvp({ [name]: sections }))).toThrow(
        expect.objectContaining({ details: { exceptionCode: 'MissingParameterValue', locator: 'Sections' } }),
      );
  });
});

describe('tileMatrixSets', () => {
  const [small, large] = TILE_MATRIX_SETS.map(({ identifier }) => identifier);
  const chosen = (query: Record<string, unknown>) =>
    chosenTileMatrixSets(new Kvp(query)).map(({ identifier }) => identifier);

  it.each([
    [undefined, [small, large]],
    ['', [small, large]],
    [small, [small]],
    [large, [large]],
    [`${large}, ${small}`, [small, large]],
  ])('of %j are %j', (value, expected) => {
    expect(chosen(value === undefined ? {} : { TILEMATRIXSETS: value })).toEqual(expected);
  });

  it('that are unknown are refused', () => {
    for (const value of ['googlemapscompatible', `${small},EPSG:3857`])
      expect(() => chosen({ tileMatrixSets: value })).toThrow(
        expect.objectContaining({
          details: { exceptionCode: 'InvalidParameterValue', locator: 'tileMatrixSets' },
        }),
      );
  });

  it('are not chosen by the TileMatrixSet of GetTile', () => {
    expect(chosen({ TileMatrixSet: large })).toEqual([small, large]);
  });
});

describe('updateSequence', () => {
  const current = '200001000';

  it('is unchanged only if it is identical', () => {
    expect(isUnchanged(new Kvp({ updateSequence: current }), current)).toBe(true);
    for (const other of ['100001000', '1', '', 'yesterday', `0${current}`])
      expect([other, isUnchanged(new Kvp({ updateSequence: other }), current)]).toEqual([other, false]);
    expect(isUnchanged(new Kvp({}), current)).toBe(false);
  });

  it('that is higher is refused, compared as a number', () => {
    expect(() => isUnchanged(new Kvp({ updateSequence: '1000000000' }), current)).toThrow(
      expect.objectContaining({ details: { exceptionCode: 'InvalidUpdateSequence' } }),
    );
    expect(isUnchanged(new Kvp({ updateSequence: '3' }), current)).toBe(false);
  });
});

describe('sports and colors', () => {
  it('select layers by either or by both, in the order of the catalog', () => {
    expect(names({})).toHaveLength(315);
    expect(names({ sports: '', colors: ' ,' })).toHaveLength(315);
    expect(names({ sports: 'ride' })).toHaveLength(7);
    expect(names({ colors: 'hot' })).toHaveLength(45);
    expect(names({ SPORTS: 'winter,all', Colors: 'blue,hot' })).toEqual([
      'all-hot',
      'all-blue',
      'winter-hot',
      'winter-blue',
    ]);
  });

  it('with an unknown value are refused with the parameter as locator', () => {
    expect(() => names({ sports: 'ride,chess' })).toThrow(
      expect.objectContaining({ details: { exceptionCode: 'InvalidParameterValue', locator: 'sports' } }),
    );
  });
});
