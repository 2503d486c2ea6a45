import { describe, expect, it } from '@jest/globals';
import { grantedLayers, requireTile, UNLIMITED, type Access, type Scope } from '../../../src/access/index.js';
import { Catalog } from '../../../src/catalog/index.js';

const access = (scope: Partial<Scope>): Access => ({
  keyId: 'alice',
  repeat: undefined,
  scope: { ...UNLIMITED, ...scope },
});
const opened = (scope: Partial<Scope>) =>
  grantedLayers(access(scope), new Catalog().layers).map(({ identifier }) => identifier);
const TILE = { layer: 'ride-hot', sport: 'ride', color: 'hot', z: 10 };
const opens = (scope: Partial<Scope>) => {
  try {
    requireTile(access(scope), TILE);
    return 'yes';
  } catch (error) {
    return (error as { reason: string }).reason;
  }
};

describe('a key', () => {
  it.each([
    [{ layers: ['ride-hot'] }, 'yes'],
    [{ layers: ['ride-*'] }, 'yes'],
    [{ layers: ['*'] }, 'yes'],
    [{ layers: ['run-hot', 'ride-*'] }, 'yes'],
    [{ layers: ['ride'] }, 'layer'],
    [{ layers: ['ride-h'] }, 'layer'],
    [{ layers: ['ide-*'] }, 'layer'],
    [{ layers: ['RIDE-*'] }, 'layer'],
    [{ layers: ['ride-hot-*'] }, 'layer'],
    [{ layers: [] }, 'layer'],
    [{ sports: ['ride'] }, 'yes'],
    [{ sports: ['run', 'sport_Ride'] }, 'layer'],
    [{ colors: ['hot', 'blue'] }, 'yes'],
    [{ colors: ['blue'] }, 'layer'],
    [{ sports: ['ride'], colors: ['blue'] }, 'layer'],
    [{ sports: ['run'], layers: ['*'] }, 'layer'],
    [{ maxZoom: 10 }, 'yes'],
    [{ maxZoom: 9 }, 'zoom'],
    [{ maxZoom: 0 }, 'zoom'],
    [{}, 'yes'],
  ])('with the scope %j grants zoom 10 of ride-hot: %s', (scope, expected) => {
    expect(opens(scope)).toBe(expected);
  });

  it('lists the layers that it grants, and open mode lists every layer', () => {
    expect(opened({ sports: ['ride', 'run'], colors: ['hot', 'blue'] })).toEqual([
      'run-hot',
      'run-blue',
      'ride-hot',
      'ride-blue',
    ]);
    expect(opened({ layers: ['ride-*'], colors: ['gray'] })).toEqual(['ride-gray']);
    expect(opened({})).toEqual(new Catalog().layers.map(({ identifier }) => identifier));
    expect(grantedLayers(null, new Catalog().layers)).toEqual(new Catalog().layers);
    expect(() => requireTile(null, TILE)).not.toThrow();
  });
});
