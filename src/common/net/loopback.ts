import { BlockList, isIPv4, isIPv6 } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether `address`, an IP address in any notation, is of this machine. False for any other text. */
export function isLoopbackAddress(address: string): boolean {
  // Each request asks, so IPv4 is compared as text: it has one notation. IPv6 has many.
  if (isIPv4(address)) return address.startsWith('127.');
  return isIPv6(address) && loopback.check(address, 'ipv6');
}

/** Whether only this machine reaches a listener on `host`, the value of a setting. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || isLoopbackAddress(host);
}
