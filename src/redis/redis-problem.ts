/** Connection errors of Redis as sentences that name the setting to check. They contain no secret. Pure. */

/** Node's error codes for an untrusted certificate chain. */
const NOT_TRUSTED = new Set([
  'CERT_SIGNATURE_FAILURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

interface CertificateError extends NodeJS.ErrnoException {
  /** The requested host, if the certificate is for another one. */
  readonly host?: string;
  readonly cert?: { readonly subjectaltname?: string };
}

export function redisProblem(error: Error): string {
  const { code = '', message, host, cert } = error as CertificateError;
  if (NOT_TRUSTED.has(code))
    return `the certificate of Redis is not trusted (${message}): REDIS_CA_FILE must contain the certificate authority that issued it`;
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return `the certificate of Redis is not valid at this time (${message})`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `the certificate of Redis is for ${cert?.subjectaltname ?? 'no host'}, not for ${host}`;
  // The first word of a Redis error is its code.
  if (message.startsWith('WRONGPASS ')) return 'Redis refuses the user or password in REDIS_URL (WRONGPASS)';
  if (message.startsWith('NOAUTH ')) return 'Redis requires a password, and REDIS_URL has none (NOAUTH)';
  if (message.startsWith('NOPERM '))
    return `the Redis user lacks a permission that the gateway needs: ${message}`;
  return message;
}

/** Whether the server is a read-only replica now. */
export function isReadOnly({ message }: Error): boolean {
  return /\bREADONLY\b/.test(message);
}

/**
 * Whether `error` is the summary that ioredis emits after trying all Sentinels, even if only the master is unreachable. It has no
 * code; the problem of each Sentinel has its own event.
 */
export function isEndOfRound({ message }: Error): boolean {
  return message.startsWith('All sentinels are unreachable');
}
