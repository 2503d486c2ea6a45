import type { NetworkInterfaceInfo } from 'node:os';
import { expect, it } from '@jest/globals';
import { localUrl, networkUrls } from '../../../../src/common/net/page-urls.js';

const address = (text: string, internal = false) =>
  ({ address: text, internal, family: text.includes(':') ? 'IPv6' : 'IPv4' }) as NetworkInterfaceInfo;

const INTERFACES = {
  lo: [address('127.0.0.1', true), address('::1', true)],
  eth0: [address('192.168.1.20'), address('2001:db8::20'), address('fe80::1234')],
  wlan0: [address('10.0.0.7'), address('169.254.3.4')],
  down: undefined,
};

it.each([
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/', []],
  ['http://[::1]:9000', 'http://[::1]:9000/', []],
  ['http://192.168.1.20:8080', 'http://192.168.1.20:8080/', []],
  ['http://0.0.0.0:8080', 'http://127.0.0.1:8080/', ['http://192.168.1.20:8080/', 'http://10.0.0.7:8080/']],
  ['http://0.0.0.0:80', 'http://127.0.0.1:80/', ['http://192.168.1.20:80/', 'http://10.0.0.7:80/']],
  [
    'http://[::]:8080',
    'http://127.0.0.1:8080/',
    ['http://192.168.1.20:8080/', 'http://10.0.0.7:8080/', 'http://[2001:db8::20]:8080/'],
  ],
])('a listener on %s is opened at %s, and by other devices at %j', (listening, local, others) => {
  expect(localUrl(listening)).toBe(local);
  expect(networkUrls(listening, INTERFACES)).toEqual(others);
});
