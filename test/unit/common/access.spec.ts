import { describe, expect, it } from '@jest/globals';
import { opensLayer } from '../../../src/common/access.js';

const access = (...layers: string[]) => ({ keyId: 'alice', repeat: undefined, layers });

describe('a key', () => {
  it.each([
    [['ride-hot'], true],
    [['ride-*'], true],
    [['*'], true],
    [['run-hot', 'ride-*'], true],
    [['ride'], false],
    [['ride-h'], false],
    [['ide-*'], false],
    [['RIDE-*'], false],
    [['ride-hot-*'], false],
    [[], false],
  ])('for %j opens ride-hot: %s', (layers, opens) => {
    expect(opensLayer(access(...layers), 'ride-hot')).toBe(opens);
  });

  it('without a list of layers opens all, and so does open mode', () => {
    expect(opensLayer({ ...access(), layers: undefined }, 'ride-hot')).toBe(true);
    expect(opensLayer(undefined, 'ride-hot')).toBe(true);
  });
});
