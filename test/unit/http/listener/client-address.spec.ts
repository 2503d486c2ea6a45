import { describe, expect, it } from '@jest/globals';
import { clientAddresses } from '../../../../src/http/index.js';

describe('the client addresses of Forwarded', () => {
  it.each([
    ['for=192.0.2.60', '192.0.2.60'],
    ['for=192.0.2.60;proto=http;by=203.0.113.43', '192.0.2.60'],
    ['For=192.0.2.43, for=198.51.100.17', '192.0.2.43, 198.51.100.17'],
    ['proto=https ; FOR = 192.0.2.60', 'unknown'],
    ['proto=https; FOR=192.0.2.60', '192.0.2.60'],
    ['for="192.0.2.60"', '192.0.2.60'],
    ['for="192.0.2.60:4711"', '192.0.2.60'],
    ['for=192.0.2.60:4711', '192.0.2.60'],
    ['for="[2001:db8:cafe::17]:4711"', '2001:db8:cafe::17'],
    ['for="[2001:db8:cafe::17]"', '2001:db8:cafe::17'],
    ['for="[2001:db8::17]:_port"', '2001:db8::17'],
    ['for=_hidden, for=_SEVKISEK', 'unknown, unknown'],
    ['for=unknown', 'unknown'],
    ['for="_gazonk"', 'unknown'],
    ['for=192.0.2.43, for=unknown', '192.0.2.43, unknown'],
    ['for=192.0.2.43, proto=https', '192.0.2.43, unknown'],
    [String.raw`for="192.0.2\.60"`, '192.0.2.60'],
    ['host="a,for=10.0.0.1;b";for=192.0.2.60', '192.0.2.60'],
  ])('of %s are %s', (forwarded, addresses) => {
    expect(clientAddresses(forwarded, undefined)).toBe(addresses);
  });

  it.each([
    'for=192.0.2.60;for=192.0.2.61',
    'for',
    'for=',
    'for="192.0.2.60',
    'for=192.0.2.60 for=1.1.1.1',
    'for=2001:db8::17',
    'for="2001:db8::17"',
    'for="[::1"',
    'for=localhost',
    `for=192.0.2.60;ext="${'x'.repeat(1024)}"`,
  ])('of the malformed %s is unknown', (forwarded) => {
    expect(clientAddresses(forwarded, undefined)).toBe('unknown');
    expect(clientAddresses(forwarded, '192.0.2.60')).toBe('unknown');
  });
});

describe('Forwarded beside X-Forwarded-For', () => {
  it('without an address leaves X-Forwarded-For as it is', () => {
    expect(clientAddresses('host=maps.example;proto=https', '192.0.2.60')).toBe('192.0.2.60');
    expect(clientAddresses('proto=https', undefined)).toBeUndefined();
  });

  it('of the same client is believed', () => {
    expect(clientAddresses('for="192.0.2.60"', '192.0.2.60')).toBe('192.0.2.60');
    expect(clientAddresses('for="[2001:db8::1]", for=10.0.0.1', '2001:db8::1, 10.0.0.1')).toBe(
      '2001:db8::1, 10.0.0.1',
    );
  });

  it.each([
    // A proxy that maintains one of the headers passes on the other one.
    ['for=192.0.2.99', '192.0.2.60', 'unknown'],
    ['for=192.0.2.60', '127.0.0.1, 192.0.2.99', 'unknown'],
    ['for=_hidden', '192.0.2.60', 'unknown'],
    ['for=192.0.2.60', '', 'unknown'],
    ['for=192.0.2.99, for=10.0.0.1', '192.0.2.60, 10.0.0.1', 'unknown, 10.0.0.1'],
    ['for=10.0.0.1', '192.0.2.60, 10.0.0.1', 'unknown, 10.0.0.1'],
    ['for=192.0.2.99, for=192.0.2.60', '192.0.2.60', 'unknown, 192.0.2.60'],
  ])('is believed as far as both agree from the end: %s, %s', (forwarded, listed, addresses) => {
    expect(clientAddresses(forwarded, listed)).toBe(addresses);
  });
});
