import { NotFoundException } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { AccessDenied } from '../../../src/access/scope.js';
import { Failure, failureOf, failureOfRefusal } from '../../../src/http/index.js';
import { UpstreamError, type UpstreamErrorKind } from '../../../src/tiles/index.js';

/** What goes wrong upstream is not the client's fault: no status but that of a missing level may say so. */
const UPSTREAM: [UpstreamErrorKind, number][] = [
  ['timeout', 504],
  ['connection', 502],
  ['throttled', 503],
  ['server_error', 502],
  ['bad_response', 502],
  ['refused', 503],
  ['unknown_sport', 502],
  ['overloaded', 503],
  ['needs_cookies', 404],
  ['session_rejected', 503],
  ['cookies_unavailable', 503],
];

describe('a failure', () => {
  it.each(UPSTREAM)(
    'of the upstream, %s, is %i with its own words and its own time to wait',
    (kind, status) => {
      const { failure, foreseen } = failureOf(new UpstreamError(kind, 'A sentence.', 7));
      expect([failure.status, failure.detail, failure.details.retryAfterSeconds, foreseen]).toEqual([
        status,
        'A sentence.',
        7,
        true,
      ]);
    },
  );

  it.each(['missing', 'unknown', 'expired', 'malformed', 'ambiguous'] as const)(
    'of a key that is %s is 401 with a challenge for programs and for people',
    (reason) => {
      const { failure, foreseen } = failureOf(new AccessDenied(reason));
      expect([failure.status, foreseen]).toEqual([401, true]);
      expect(failure.details.challenge).toMatch(/^Bearer realm=.*Basic realm=/);
    },
  );

  it('of a key that may not is 403, and of one that asks too often 429 with the time to wait', () => {
    expect(failureOf(new AccessDenied('layer')).failure).toMatchObject({ status: 403, details: {} });
    expect(failureOf(new AccessDenied('rate_limited', 9)).failure).toMatchObject({
      status: 429,
      details: { retryAfterSeconds: 9 },
    });
  });

  it('that is one already stays what it is', () => {
    const failure = new Failure(406, 'Said.', { locator: 'x' });
    expect(failureOf(failure)).toEqual({ failure, foreseen: true });
    expect(failureOf(failure).failure).toBe(failure);
  });

  it.each([
    ["Nest's", new NotFoundException('Cannot GET /canary'), 404],
    ["Fastify's", Object.assign(new Error('canary'), { statusCode: 414 }), 414],
    ['one without a sentence of its own', Object.assign(new Error('canary'), { statusCode: 418 }), 418],
  ])('of the framework, %s, keeps its status and not its words', (_name, error, status) => {
    const { failure, foreseen } = failureOf(error);
    expect([failure.status, foreseen]).toEqual([status, true]);
    expect(failure.detail).toMatch(/^[A-Z].{20,}\.$/);
    expect(failure.detail).not.toContain('canary');
  });

  it.each([
    ['an error', Object.assign(new TypeError('canary'), { code: 'canary', path: '/canary' })],
    ['an error that calls itself 500', Object.assign(new Error('canary'), { statusCode: 500 })],
    ['an error with a status that is none', Object.assign(new Error('canary'), { statusCode: 200 })],
    ['an error with a cause', new Error('canary', { cause: new Error('canary') })],
    ['a text', 'canary'],
    ['an object', { canary: 'canary' }],
    ['a number', 404],
  ])('that nobody foresaw, %s, is 500 and tells nothing', (_name, error) => {
    const { failure, foreseen } = failureOf(error);
    expect([failure.status, foreseen]).toEqual([500, false]);
    expect(JSON.stringify(failure) + failure.message).not.toContain('canary');
    expect(failure.cause).toBeUndefined();
  });

  it('that is nothing at all is 500 too, and does not fail itself', () => {
    expect([undefined, null].map((error) => failureOf(error).failure.status)).toEqual([500, 500]);
  });

  it('of an address that is malformed is 400, and of one that is not there 404', () => {
    const refusal = { part: 'z', detail: 'A sentence.' } as const;
    expect(failureOfRefusal({ kind: 'malformed', ...refusal })).toMatchObject({ status: 400 });
    expect(failureOfRefusal({ kind: 'unknown', ...refusal })).toMatchObject({ status: 404 });
    expect(failureOfRefusal({ kind: 'out-of-range', ...refusal })).toMatchObject({
      status: 404,
      detail: 'A sentence.',
    });
  });
});
