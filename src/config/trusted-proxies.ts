import { BlockList, isIP } from 'node:net';

/** Names for networks. */
const NAMED: Record<string, readonly string[]> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/**
 * Which peers may state the client, host, scheme and prefix of a request. The list is Node's own: the package proxy-addr
 * takes `::10.0.0.1` for 10.0.0.1, refuses `/0`, and needs twice the time for IPv6.
 */
export class TrustedProxies {
  private readonly list: BlockList | undefined;

  /** `true` is any peer, one proxy deep; a list has addresses, networks as CIDR, and the names above. */
  constructor(private readonly setting: boolean | readonly string[]) {
    if (typeof setting === 'boolean') return;
    this.list = new BlockList();
    for (const entry of setting.flatMap((word) => NAMED[word] ?? [word])) {
      const [address, prefix] = entry.split('/') as [string, string | undefined];
      const family = familyOf(address);
      this.list.addSubnet(
        address,
        prefix === undefined ? (family === 'ipv6' ? 128 : 32) : Number(prefix),
        family,
      );
    }
  }

  static isEntry(entry: string): boolean {
    if (Object.hasOwn(NAMED, entry)) return true;
    const [address, prefix, ...rest] = entry.split('/') as [string, string | undefined];
    const version = isIP(address);
    if (version === 0 || rest.length > 0 || address.includes('%')) return false;
    return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 6 ? 128 : 32));
  }

  /** Whether the proxy at `address` is trusted; `hop` 0 is the peer of the connection, 1 the proxy before it. */
  trusts(address: string | undefined, hop: number): boolean {
    if (this.setting === true) return hop === 0;
    if (!this.list || address === undefined || isIP(address) === 0) return false;
    // The zone of a link-local peer names a network interface of this machine.
    return this.list.check(address.split('%', 1)[0]!, familyOf(address));
  }

  /** Whether any peer can be trusted. */
  get any(): boolean {
    return this.setting !== false;
  }

  /** As it was set, for the log of effective settings. */
  toJSON(): boolean | readonly string[] {
    return this.setting;
  }
}
