/** The admin key of /admin: accepted in the Authorization header only; without one, /admin is off. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { fileProblem, readTextSync } from '../common/files/read-text.js';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AccessDenied } from '../access/index.js';
import type { Secret } from '../common/secret.js';
import { ADMIN_KEY_FORM, type Config } from '../config/index.js';
import { addressSubject, type RateLimits } from '../limits/index.js';
import { KeyFileError } from './key-file.js';

/** Attempts per IP address, valid or not: enough for an operator, too few to guess a key. */
const ATTEMPT_LIMIT = { max: 20, seconds: 60 };
/** Failed attempts from all addresses. The key itself never counts, so that a flood of guesses does not keep the operator out. */
const FAILURE_LIMIT = { max: 100, seconds: 60 };

/** The admin key, or undefined if none is configured. Throws a {@link KeyFileError} when its file cannot be used. */
export function adminKeyOf({
  adminKey,
  adminKeyFile,
}: Pick<Config, 'adminKey' | 'adminKeyFile'>): string | undefined {
  if (adminKeyFile === undefined) return (adminKey as Secret | undefined)?.reveal();
  let key: string;
  try {
    key = readTextSync(adminKeyFile).trim();
  } catch (error) {
    throw new KeyFileError(`${adminKeyFile}: the admin key file cannot be read: ${fileProblem(error)}`);
  }
  if (!ADMIN_KEY_FORM.test(key))
    throw new KeyFileError(
      `${adminKeyFile}: the admin key must have 16 to 256 characters without whitespace`,
    );
  return key;
}

/** Adds the check to every route that is marked `admin`. */
export function installAdminCheck(
  fastify: FastifyInstance,
  key: string | undefined,
  limits: RateLimits,
): void {
  const expected = key === undefined ? undefined : digest(key);
  const check = (request: FastifyRequest, reply: FastifyReply): void => {
    if (!expected) throw new AccessDenied('admin_off');
    limits.take(reply, addressSubject('admin', request), ATTEMPT_LIMIT);
    const [, presented] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (presented !== undefined && timingSafeEqual(digest(presented), expected)) return;
    limits.take(reply, 'admin:failures', FAILURE_LIMIT);
    throw new AccessDenied('admin');
  };
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.admin) check(request, reply);
    done();
  });
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
