/** What a failed connection says about the network. Pure. */

/** The name of the host cannot be resolved: no DNS server responds, or none knows the name. */
const NOT_RESOLVED: readonly string[] = ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME'];
/** The system has no route to the host. */
const NO_ROUTE: readonly string[] = ['ENETUNREACH', 'ENETDOWN', 'EHOSTUNREACH', 'EHOSTDOWN', 'EADDRNOTAVAIL'];
/** The connection broke after it was open, which can happen to a single request. */
const BROKEN: readonly string[] = [
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_BODY_TIMEOUT',
  'ABORT_ERR',
];

/**
 * Code of a system error. Of a host with several addresses, an address that cannot be reached at all, such as IPv6 on a machine
 * with IPv4 only, says less than the others.
 */
export function connectionCode(error: unknown): string | undefined {
  const { code, errors } = error as NodeJS.ErrnoException & { readonly errors?: unknown };
  const codes = Array.isArray(errors) ? errors.map((each) => (each as NodeJS.ErrnoException).code) : [];
  return codes.find((each) => each !== undefined && !NO_ROUTE.includes(each)) ?? code;
}

/** Why there is no connection to the internet, as a clause; undefined for a code with another meaning. */
export function offlineReason(code: string | undefined, host: string): string | undefined {
  if (code === undefined) return undefined;
  if (NOT_RESOLVED.includes(code))
    return `no internet connection: the name of ${host} cannot be resolved (${code})`;
  return NO_ROUTE.includes(code)
    ? `no internet connection: there is no route to ${host} (${code})`
    : undefined;
}

export const OFFLINE_ACTION =
  'check the internet connection, the DNS server and the firewall of this machine; the gateway retries automatically';

/** Whether a single failure with this code shows that the host cannot be reached. */
export function isConclusive(code: string | undefined): boolean {
  return code !== undefined && !BROKEN.includes(code);
}
