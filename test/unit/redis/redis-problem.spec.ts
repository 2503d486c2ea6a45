import { describe, expect, it } from '@jest/globals';
import { isEndOfRound, isReadOnly, redisProblem } from '../../../src/redis/redis-problem.js';

const withCode = (code: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { code, ...more });

describe('a problem with Redis', () => {
  it.each<[string, Error, string]>([
    [
      'an unknown authority',
      withCode('UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate'),
      'the certificate of Redis is not trusted (unable to verify the first certificate): REDIS_CA_FILE must contain the certificate authority that issued it',
    ],
    [
      'a certificate that is too old',
      withCode('CERT_HAS_EXPIRED', 'certificate has expired'),
      'the certificate of Redis is not valid at this time (certificate has expired)',
    ],
    [
      'a certificate for another host',
      withCode('ERR_TLS_CERT_ALTNAME_INVALID', 'long', {
        host: '10.0.0.1',
        cert: { subjectaltname: 'DNS:redis.example' },
      }),
      'the certificate of Redis is for DNS:redis.example, not for 10.0.0.1',
    ],
    [
      'a wrong password',
      new Error('WRONGPASS invalid username-password pair or user is disabled.'),
      'Redis refuses the user or password in REDIS_URL (WRONGPASS)',
    ],
    [
      'no password',
      new Error('NOAUTH HELLO must be called with the client already authenticated'),
      'Redis requires a password, and REDIS_URL has none (NOAUTH)',
    ],
    [
      'a user that may not do everything',
      new Error("NOPERM this user has no permissions to run the 'subscribe' command"),
      "the Redis user lacks a permission that the gateway needs: NOPERM this user has no permissions to run the 'subscribe' command",
    ],
    [
      'a full memory, within a script of Redis 6',
      new Error(
        'ERR Error running script (call to f_1): @user_script:3: -OOM command not allowed when used memory',
      ),
      'Redis has reached maxmemory (OOM)',
    ],
    [
      'a busy server',
      new Error('BUSY Redis is busy running a script.'),
      'a script or function blocks Redis (BUSY)',
    ],
    [
      'a server that loads its data',
      new Error('LOADING Redis is loading the dataset in memory'),
      'Redis is loading its data (LOADING)',
    ],
    [
      'keys on several nodes',
      new Error("CROSSSLOT Keys in request don't hash to the same slot"),
      'the server is a node of a Redis Cluster (CROSSSLOT)',
    ],
    ['no reply', new Error('Command timed out'), 'Redis does not reply in time'],
    [
      'anything else',
      withCode('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:6379'),
      'connect ECONNREFUSED 127.0.0.1:6379',
    ],
  ])('is told in plain words: %s', (_, error, sentence) => {
    expect(redisProblem(error)).toBe(sentence);
  });

  it('is a change of the master when a write is refused, by a command or within a script', () => {
    expect(isReadOnly(new Error("READONLY You can't write against a read only replica."))).toBe(true);
    expect(isReadOnly(new Error("ERR Error running script: @user_script:3: -READONLY You can't write"))).toBe(
      true,
    );
    expect(isReadOnly(new Error('OOM command not allowed'))).toBe(false);
  });

  it('is none at the end of a round of the Sentinels', () => {
    expect(isEndOfRound(new Error('All sentinels are unreachable. Retrying from scratch after 250ms.'))).toBe(
      true,
    );
    expect(isEndOfRound(new Error('connect ECONNREFUSED'))).toBe(false);
  });
});
