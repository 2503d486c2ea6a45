import { describe, expect, it } from '@jest/globals';
import {
  connectionCode,
  isConclusive,
  offlineReason,
} from '../../../../src/common/net/connection-problem.js';

const failed = (code: string) => Object.assign(new Error(code), { code });

describe('a host that cannot be reached', () => {
  it.each(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL'])(
    'without DNS (%s) means that there is no internet',
    (code) => {
      expect(offlineReason(code, 'the host')).toBe(
        `no internet connection: the name of the host cannot be resolved (${code})`,
      );
    },
  );

  it.each(['ENETUNREACH', 'ENETDOWN', 'EHOSTUNREACH', 'EADDRNOTAVAIL'])(
    'without a route (%s) means that there is no internet',
    (code) => {
      expect(offlineReason(code, 'the host')).toBe(
        `no internet connection: there is no route to the host (${code})`,
      );
    },
  );

  it.each(['ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT', 'CERT_HAS_EXPIRED', 'ECONNRESET', undefined])(
    'with %s says nothing about the internet',
    (code) => {
      expect(offlineReason(code, 'the host')).toBeUndefined();
    },
  );
});

it.each([
  ['ECONNREFUSED', true],
  ['ENOTFOUND', true],
  ['CERT_HAS_EXPIRED', true],
  ['ECONNRESET', false],
  ['UND_ERR_SOCKET', false],
  [undefined, false],
])('%s once is conclusive: %s', (code, expected) => {
  expect(isConclusive(code)).toBe(expected);
});

describe('the code of a host with several addresses', () => {
  const of = (...codes: string[]) =>
    connectionCode(Object.assign(new AggregateError(codes.map(failed)), { code: codes[0] }));

  it('is that of an address that has a route', () => {
    expect(of('ENETUNREACH', 'ECONNREFUSED')).toBe('ECONNREFUSED');
    expect(of('ETIMEDOUT', 'EADDRNOTAVAIL')).toBe('ETIMEDOUT');
  });

  it('is that of the first address when none has a route', () => {
    expect(of('ENETUNREACH', 'EHOSTUNREACH')).toBe('ENETUNREACH');
  });
});
