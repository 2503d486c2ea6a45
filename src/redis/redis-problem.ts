/** What is wrong between here and Redis, as a sentence that says the way out, and without anything secret. Pure. */

/** Of the certificate's chain, as Node names them. */
const NOT_TRUSTED = new Set([
  'CERT_SIGNATURE_FAILURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

interface CertificateError extends NodeJS.ErrnoException {
  /** Of a certificate for somebody else. */
  readonly host?: string;
  readonly cert?: { readonly subjectaltname?: string };
}

export function redisProblem(error: Error): string {
  const { code = '', message, host, cert } = error as CertificateError;
  if (NOT_TRUSTED.has(code))
    return `the certificate of Redis is not trusted (${message}): REDIS_CA_FILE must hold the authority that issued it`;
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return `the certificate of Redis is not valid at this time (${message})`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `the certificate of Redis is for ${cert?.subjectaltname ?? 'nobody'}, and not for ${host}, where it was asked`;
  // Redis begins with a word that says what it refuses.
  if (message.startsWith('WRONGPASS ')) return 'Redis refuses user or password of REDIS_URL (WRONGPASS)';
  if (message.startsWith('NOAUTH ')) return 'Redis wants a password, and REDIS_URL has none (NOAUTH)';
  if (message.startsWith('NOPERM ')) return `Redis does not allow its user what a gateway needs: ${message}`;
  return message;
}

/** Whether Redis has become the replica of another, which takes no writes. */
export function isReadOnly({ message }: Error): boolean {
  return /\bREADONLY\b/.test(message);
}

/**
 * Whether this is what ioredis says after each round of the Sentinels, also when they answered and the master did not: it has no
 * code, and what was wrong with a Sentinel is told by an event of its own.
 */
export function isEndOfRound({ message }: Error): boolean {
  return message.startsWith('All sentinels are unreachable');
}
