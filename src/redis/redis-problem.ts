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
  const reply = replyOf(error);
  if (reply === 'NOPERM') return `the Redis user lacks a permission that the gateway needs: ${message}`;
  if (reply) return `${REPLIES[reply].problem} (${reply})`;
  if (message === 'Command timed out') return 'Redis does not reply in time';
  return message;
}

/** What the operator can do about `error`. */
export function remedyFor(error: Error): string {
  const reply = replyOf(error);
  return reply ? REPLIES[reply].remedy : 'check Redis and the network path to it';
}

/** Errors of Redis by the word that they begin with. */
const REPLIES = {
  OOM: {
    problem: 'Redis has reached maxmemory',
    remedy: 'raise maxmemory of Redis, or set its maxmemory-policy to volatile-lru',
  },
  MISCONF: {
    problem: 'Redis stops writes because it cannot save its data',
    remedy: 'check the disk of Redis',
  },
  READONLY: {
    problem: 'the server is a read-only replica',
    remedy: 'set REDIS_URL to the master, or set REDIS_SENTINELS',
  },
  NOREPLICAS: {
    problem: 'Redis stops writes because it has too few replicas',
    remedy: 'check the replicas of Redis',
  },
  MASTERDOWN: {
    problem: 'the server is a replica without its master',
    remedy: 'set REDIS_URL to the master, or set REDIS_SENTINELS',
  },
  LOADING: {
    problem: 'Redis is loading its data',
    remedy: 'none: Redis replies again when its data is loaded',
  },
  BUSY: {
    problem: 'a script or function blocks Redis',
    remedy: 'end it with SCRIPT KILL or FUNCTION KILL',
  },
  WRONGPASS: {
    problem: 'Redis refuses the user or password in REDIS_URL',
    remedy: 'correct the user or password in REDIS_URL',
  },
  NOAUTH: {
    problem: 'Redis requires a password, and REDIS_URL has none',
    remedy: 'add the password to REDIS_URL',
  },
  NOPERM: {
    problem: 'the Redis user lacks a permission that the gateway needs',
    remedy: 'give the Redis user the permissions in docs/operations.md',
  },
  CROSSSLOT: {
    problem: 'the server is a node of a Redis Cluster',
    remedy: 'set REDIS_URL to a server that is not part of a cluster',
  },
  MOVED: {
    problem: 'the server is a node of a Redis Cluster, and the key belongs to another one',
    remedy: 'set REDIS_URL to a server that is not part of a cluster',
  },
  CLUSTERDOWN: {
    problem: 'the server is a node of a Redis Cluster that is down',
    remedy: 'set REDIS_URL to a server that is not part of a cluster',
  },
  WRONGTYPE: {
    problem: 'a key of the gateway has another type',
    remedy: 'none: the gateway replaces the key',
  },
} as const;

/** The code of an error that Redis replied with, also of a command within a script. */
function replyOf({ message }: Error): keyof typeof REPLIES | undefined {
  const [first = ''] = message.split(' ', 1);
  const [, inScript = ''] = /: -([A-Z]+) /.exec(message) ?? [];
  return [first, inScript].find((code): code is keyof typeof REPLIES => Object.hasOwn(REPLIES, code));
}

/** Whether the server is a read-only replica now. */
export function isReadOnly(error: Error): boolean {
  return replyOf(error) === 'READONLY';
}

/** Whether a key has another type than the command needs. */
export function isWrongType(error: unknown): boolean {
  return replyOf(error as Error) === 'WRONGTYPE';
}

/**
 * Whether `error` is the summary that ioredis emits after trying all Sentinels, even if only the master is unreachable. It has no
 * code; the problem of each Sentinel has its own event.
 */
export function isEndOfRound({ message }: Error): boolean {
  return message.startsWith('All sentinels are unreachable');
}
