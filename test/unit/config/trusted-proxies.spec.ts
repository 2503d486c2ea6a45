import { describe, expect, it } from '@jest/globals';
import { TrustedProxies } from '../../../src/config/index.js';

describe('TRUST_PROXY with a list', () => {
  it.each([
    [['10.0.0.0/8'], '10.255.0.1'],
    [['10.0.0.0/8'], '::ffff:10.1.2.3'],
    [['10.1.2.3'], '10.1.2.3'],
    [['192.0.2.1', '2001:db8::/32'], '2001:db8:1::7'],
    [['2001:DB8::7'], '2001:db8:0:0:0:0:0:7'],
    [['::ffff:10.1.2.3'], '10.1.2.3'],
    [['loopback'], '127.8.9.10'],
    [['loopback'], '0:0:0:0:0:0:0:1'],
    [['linklocal'], '169.254.0.1'],
    [['linklocal'], 'fe80::1'],
    [['linklocal'], 'fe80::1%eth0'],
    [['linklocal'], 'fe80::1%br-lan'],
    [['uniquelocal'], '172.31.0.1'],
    [['uniquelocal'], 'fd00::1'],
    [['0.0.0.0/0'], '203.0.113.7'],
    [['::/0'], '2001:db8::7'],
    [['::/0'], '::7'],
  ])('%j trusts %s at every hop', (list, address) => {
    const proxies = new TrustedProxies(list);
    expect([0, 1, 5].map((hop) => proxies.trusts(address, hop))).toEqual([true, true, true]);
  });

  it.each([
    [['10.0.0.0/8'], '11.0.0.1'],
    [['10.0.0.0/8'], undefined],
    [['10.0.0.0/8'], ''],
    [['10.0.0.0/8'], '10.evil'],
    [['10.0.0.0/8'], '10.1'],
    [['10.0.0.0/8'], '::10.1.2.3'],
    [['10.0.0.0/8'], 'unknown'],
    [['10.1.2.3'], '10.1.2.4'],
    [['loopback'], 'localhost'],
    [['loopback'], '128.0.0.1'],
    [['uniquelocal'], '172.32.0.1'],
    [['0.0.0.0/0'], '2001:db8::7'],
    [[], '127.0.0.1'],
  ])('%j does not trust %s', (list, address) => {
    expect(new TrustedProxies(list).trusts(address, 0)).toBe(false);
  });

  it.each([
    'loopback',
    '10.0.0.0/8',
    '10.1.2.3',
    '::1',
    'fc00::/7',
    '::/0',
    '0.0.0.0/0',
    '::ffff:10.0.0.0/104',
  ])('accepts %s', (entry) => {
    expect(TrustedProxies.isEntry(entry)).toBe(true);
    expect(() => new TrustedProxies([entry])).not.toThrow();
  });

  it.each([
    '',
    '1',
    'private',
    'localhost',
    'toString',
    '10/8',
    '127.1',
    '010.0.0.1',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0.0/255.0.0.0',
    '::1/129',
    'fe80::%eth0/10',
    'fe80::1%eth0',
  ])('refuses "%s"', (entry) => {
    expect(TrustedProxies.isEntry(entry)).toBe(false);
  });
});

describe('TRUST_PROXY', () => {
  it('true trusts the peer alone, whatever its address', () => {
    const proxies = new TrustedProxies(true);
    expect([proxies.trusts(undefined, 0), proxies.trusts('203.0.113.7', 0)]).toEqual([true, true]);
    expect(proxies.trusts('127.0.0.1', 1)).toBe(false);
  });

  it('false trusts no peer', () => {
    const proxies = new TrustedProxies(false);
    expect(proxies.trusts('127.0.0.1', 0)).toBe(false);
    expect(proxies.any).toBe(false);
  });
});
