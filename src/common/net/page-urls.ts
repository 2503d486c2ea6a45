/** URLs at which people reach a listener. Pure. */
import type { NetworkInterfaceInfo } from 'node:os';
import { isIPv6 } from 'node:net';

/** Addresses of one link (IPv6), which need a zone, and automatic addresses of a network without DHCP. */
const LINK_LOCAL = /^(?:fe[89ab]|169\.254\.)/i;

const isWildcard = (host: string) => host === '0.0.0.0' || host === '::';

/** The URL for a browser on the same machine; a wildcard address is no address to open. */
export function localUrl(listening: string): string {
  const { port, hostname } = new URL(listening);
  return `http://${isWildcard(hostname.replace(/^\[|\]$/g, '')) ? '127.0.0.1' : hostname}:${port || 80}/`;
}

/** The URLs for other devices, IPv4 first, if the listener has all addresses of this machine. */
export function networkUrls(
  listening: string,
  interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>,
): string[] {
  const { port, hostname } = new URL(listening);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (!isWildcard(host)) return [];
  const addresses = Object.values(interfaces)
    .flatMap((addressesOfOne) => addressesOfOne ?? [])
    .filter(({ internal, address }) => !internal && !LINK_LOCAL.test(address))
    .map(({ address }) => address);
  const v4 = addresses.filter((address) => !isIPv6(address));
  const v6 = host === '::' ? addresses.filter((address) => isIPv6(address)) : [];
  return [...v4, ...v6.map((address) => `[${address}]`)].map((address) => `http://${address}:${port || 80}/`);
}
