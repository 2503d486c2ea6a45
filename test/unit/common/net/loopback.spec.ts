import { describe, expect, it } from '@jest/globals';
import { isLoopbackAddress } from '../../../../src/common/net/loopback.js';

describe('an address of this machine', () => {
  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::0.0.0.1',
    '::ffff:127.0.0.1',
    '::FFFF:7f00:1',
    '0:0:0:0:0:ffff:127.0.0.1',
  ])('is %s', (address) => {
    expect(isLoopbackAddress(address)).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '::',
    '',
    '126.255.255.255',
    '128.0.0.1',
    '10.0.0.1',
    '::2',
    '::ffff:10.0.0.1',
    // IPv4-compatible, not IPv4-mapped.
    '::127.0.0.1',
    'fe80::1%eth0',
    'fe80::1%br-lan',
    'localhost',
    '127.evil',
    '127.0.0.1.example.org',
    // What a resolver may or may not read as loopback is not taken for it.
    '127.1',
    '0x7f.0.0.1',
    '2130706433',
    '[::1]',
    '0',
    ':',
    '::1/128',
  ])('is not "%s"', (address) => {
    expect(isLoopbackAddress(address)).toBe(false);
  });
});
