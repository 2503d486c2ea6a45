/** Why a listener cannot open, in words of the settings. */
import { quoted } from '../text/quoted.js';

/** The names of the settings of a listener. */
export interface ListenSettings {
  readonly host: string;
  readonly port: string;
}

/** What to change, for failures that another start does not cure. */
const ADVICE: Readonly<Record<string, (host: string, port: string, settings: ListenSettings) => string>> = {
  EACCES: notPermitted,
  EPERM: notPermitted,
  EADDRNOTAVAIL: (host, _port, settings) =>
    `no network interface of this machine has the address ${host}; change ${settings.host}`,
  EAFNOSUPPORT: (host, _port, settings) =>
    `this machine does not support the address family of ${host}; change ${settings.host}`,
  EINVAL: (host, _port, settings) =>
    `${host} is not an address of this machine, or its zone is missing or wrong; change ${settings.host}`,
  ENOTFOUND: (host, _port, settings) =>
    `the name ${host} has no address; set ${settings.host} to an IP address`,
};

function notPermitted(_host: string, port: string, settings: ListenSettings): string {
  return `the process is not permitted to use port ${port}; set ${settings.port} to 1024 or higher`;
}

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
  static from(
    error: NodeJS.ErrnoException & { address?: string; hostname?: string; port?: number },
    settings: ListenSettings,
  ) {
    const { code = '', message, address, hostname, port } = error;
    if (code === 'EADDRINUSE')
      return new ListenError(`cannot listen: port ${port} is in use (${code}); choose another port`, false);
    const advice = ADVICE[code]?.(quoted(address ?? hostname ?? ''), String(port ?? ''), settings);
    return new ListenError(
      advice === undefined ? `cannot listen: ${message}` : `cannot listen: ${advice} (${code})`,
      advice !== undefined,
    );
  }
}
