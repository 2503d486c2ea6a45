/** Requests with an API key, and which requests an HTTP parser accepts. Pure. */
import { KEY_FORMS, withKey } from '../../support/http/api-key.js';
import type { HttpRequest } from '../../support/http/http-request.js';
import type { Random } from '../../support/run/random.js';
import { OPEN_KEY } from '../credentials.js';

/** The request with a key in a random form. */
export function keyed(random: Random, request: HttpRequest, key = OPEN_KEY): HttpRequest {
  const { target, headers } = withKey(request.target, key, random.pick(KEY_FORMS));
  // Names of query parameters are case-insensitive.
  const cased = random.chance(0.2) ? target.replace(`key=${key}`, `KEY=${key}`) : target;
  return { ...request, target: cased, headers: [...request.headers, ...headers] };
}

/** Whether a strict HTTP parser accepts the request; the connection ends after any other one. */
export function isWellFormed({ target, headers }: HttpRequest): boolean {
  const size = headers.reduce((sum, [name, value]) => sum + name.length + value.length, target.length);
  return (
    size < 12_000 &&
    /^(?:\/|\*|https?:\/\/[\w.:-]+\/)[\x21-\x7e]*$/.test(target) &&
    headers.every(([, value]) => /^[\t\x20-\x7e\x80-\xff]*$/.test(value))
  );
}
