import { describe, expect, it } from '@jest/globals';
import { addressSpaceOf, type AddressSpace } from '../../../../src/common/net/address-space.js';

const HOSTS: Readonly<Record<AddressSpace, readonly string[]>> = {
  loopback: [
    '127.0.0.1',
    '127.8.8.8',
    'localhost',
    'gateway.localhost',
    '[::1]',
    '0.0.0.0',
    '[::ffff:127.0.0.1]',
  ],
  local: [
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.178.20',
    '169.254.1.1',
    '100.64.0.1',
    '[fd00::1]',
    '[fe80::1]',
    '[::ffff:192.168.1.1]',
    'nas',
    'nas.local',
    'nas.fritz.lan',
    'gateway.home.arpa',
  ],
  public: [
    '8.8.8.8',
    '172.32.0.1',
    '192.169.0.1',
    '100.128.0.1',
    '[2001:db8::1]',
    'maps.example',
    'local.example',
    'localhost.example',
  ],
};

describe.each(Object.entries(HOSTS))('the address space %s', (space, hosts) => {
  it.each(hosts)('has %s', (host) => {
    expect(addressSpaceOf(`http://${host}:8080/heat`)).toBe(space);
  });
});
