import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { isLoopbackAddress } from './loopback.js';

/** The address spaces of Local Network Access (WICG): this machine, its network, the internet. */
export type AddressSpace = 'loopback' | 'local' | 'public';

const local = new BlockList();
for (const [network, prefix] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  local.addSubnet(network, prefix, 'ipv4');
local.addSubnet('fc00::', 7, 'ipv6');
local.addSubnet('fe80::', 10, 'ipv6');

/** Top-level domains of local networks (RFC 6762, RFC 8375, ICANN) and of common routers. */
const LOCAL_NAME = /(?:^|\.)(?:local|home\.arpa|internal|lan|home)$/i;

/** The space of the host of a URL. A name is not resolved: one that is not local by its form counts as public. */
export function addressSpaceOf(url: string): AddressSpace {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const family = isIPv4(host) ? 'ipv4' : isIPv6(host) ? 'ipv6' : undefined;
  if (family === undefined) {
    if (/(?:^|\.)localhost$/.test(host)) return 'loopback';
    return LOCAL_NAME.test(host) || !host.includes('.') ? 'local' : 'public';
  }
  if (isLoopbackAddress(host) || host === '0.0.0.0' || host === '::') return 'loopback';
  return local.check(host, family) ? 'local' : 'public';
}
