import { describe, expect, it } from '@jest/globals';
import { isLoopback } from '../../../src/config/index.js';

describe('a listener', () => {
  it.each(['127.0.0.1', '127.255.255.254', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', 'localhost'])(
    'on %s is reached from this machine only',
    (host) => {
      expect(isLoopback(host)).toBe(true);
    },
  );

  it.each([
    '0.0.0.0',
    '::',
    '',
    '126.255.255.255',
    '128.0.0.1',
    '10.0.0.1',
    '::2',
    '::ffff:10.0.0.1',
    'fe80::1%eth0',
    'example.org',
    'localhost.example.org',
    '127.0.0.1.example.org',
    // What a resolver may or may not read as loopback is not taken for it.
    '127.1',
    '[::1]',
    '0',
  ])('on "%s" may be reached by others', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});
