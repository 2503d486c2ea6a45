import { describe, expect, it } from '@jest/globals';
import { hostnameOf } from '../../../../src/http/index.js';

describe('the host of a header Host', () => {
  it.each([
    ['localhost', 'localhost'],
    ['localhost:8080', 'localhost'],
    ['LocalHost:8080', 'localhost'],
    ['localhost.', 'localhost'],
    ['localhost.:8080', 'localhost'],
    ['localhost:', 'localhost'],
    ['a.LOCALHOST', 'a.localhost'],
    ['127.0.0.1:8080', '127.0.0.1'],
    ['127.0.0.1.', '127.0.0.1'],
    ['[::1]:8080', '::1'],
    ['[0:0:0:0:0:0:0:1]', '::1'],
    ['[::FFFF:127.0.0.1]', '::ffff:7f00:1'],
    ['heat_map.example:99', 'heat_map.example'],
  ])('of %s is %s', (authority, hostname) => {
    expect(hostnameOf(authority)).toBe(hostname);
  });

  it.each([
    'localhost@evil.example',
    'localhost#.evil.example',
    'localhost/.evil.example',
    'localhost\\.evil.example',
    'evil.example localhost',
    'localhost%2eevil.example',
    'localhost:80:80',
    'localhost:99999',
    '::1',
    '[::1',
    '[::1].evil.example',
    '[::1%25lo]',
    '999.1.1.1',
    'localhost,evil.example',
  ])('of %s is none', (authority) => {
    expect(hostnameOf(authority)).toBeUndefined();
  });

  it('keeps what only resembles this machine', () => {
    for (const host of ['localhost..', 'localhost.evil.example', 'localhostx', '127.0.0.1.evil.example'])
      expect(hostnameOf(host)).not.toMatch(/^(?:localhost|127\.0\.0\.1)$/);
  });
});
