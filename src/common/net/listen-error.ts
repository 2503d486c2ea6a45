/** Why a listener cannot open, in words of the settings. */
import { quoted } from '../quoted.js';

/** What to change, for failures that another start does not cure. */
const ADVICE: Readonly<Record<string, (host: string, port: string) => string>> = {
  EACCES: (_host, port) => `the process is not permitted to use port ${port}; set PORT to 1024 or higher`,
  EPERM: (_host, port) => `the process is not permitted to use port ${port}; set PORT to 1024 or higher`,
  EADDRNOTAVAIL: (host) => `no network interface of this machine has the address ${host}; change HOST`,
  EAFNOSUPPORT: (host) => `this machine does not support the address family of ${host}; change HOST`,
  EINVAL: (host) => `${host} is not an address of this machine, or its zone is missing or wrong; change HOST`,
  ENOTFOUND: (host) => `the name ${host} has no address; set HOST to an IP address`,
};

export class ListenError extends Error {
  override readonly name = 'ListenError';

  private constructor(
    message: string,
    /** Whether another start with the same settings fails as well. */
    readonly permanent: boolean,
  ) {
    super(message);
  }

  /** From an error of `server.listen`, which for a host name includes its lookup. */
  static from(error: NodeJS.ErrnoException & { address?: string; hostname?: string; port?: number }) {
    const { code = '', message, address, hostname, port } = error;
    if (code === 'EADDRINUSE')
      return new ListenError(`cannot listen: port ${port} is in use (${code}); choose another port`, false);
    const advice = ADVICE[code]?.(quoted(address ?? hostname ?? ''), String(port ?? ''));
    return new ListenError(
      advice === undefined ? `cannot listen: ${message}` : `cannot listen: ${advice} (${code})`,
      advice !== undefined,
    );
  }
}
