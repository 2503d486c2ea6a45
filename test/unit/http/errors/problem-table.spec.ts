import { NotFoundException } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { AccessDenied } from '../../../../src/access/index.js';
import { HttpProblem, problemFor, problemForRefusal } from '../../../../src/http/index.js';
import { TileError } from '../../../../src/tiles/index.js';

/** An upstream error is no client error: only a zoom level that needs cookies has a 4xx status. */
const UPSTREAM: [TileError['kind'], number][] = [
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

describe('a problem', () => {
  it.each(UPSTREAM)('of the upstream, %s, is %i with its own detail and retry time', (kind, status) => {
    const { problem, expected } = problemFor(new TileError(kind, 'A sentence.', 7));
    expect([problem.status, problem.detail, problem.details.retryAfterSeconds, expected]).toEqual([
      status,
      'A sentence.',
      7,
      true,
    ]);
  });

  it.each(['missing', 'unknown', 'expired', 'malformed', 'ambiguous'] as const)(
    'of a key that is %s is 401 with a challenge for Bearer and for Basic',
    (reason) => {
      const { problem, expected } = problemFor(new AccessDenied(reason));
      expect([problem.status, expected]).toEqual([401, true]);
      expect(problem.details.challenge).toMatch(/^Bearer realm=.*Basic realm=/);
    },
  );

  it('of a key without permission is 403, and of a key beyond its limit 429 with the retry time', () => {
    expect(problemFor(new AccessDenied('layer')).problem).toMatchObject({ status: 403, details: {} });
    expect(problemFor(new AccessDenied('rate_limited', { retryAfterSeconds: 9 })).problem).toMatchObject({
      status: 429,
      details: { retryAfterSeconds: 9 },
    });
  });

  it('that is an HttpProblem is returned unchanged', () => {
    const problem = new HttpProblem(406, 'Said.', { locator: 'x' });
    expect(problemFor(problem)).toEqual({ problem, expected: true });
    expect(problemFor(problem).problem).toBe(problem);
  });

  it.each([
    ["Nest's", new NotFoundException('Cannot GET /canary'), 404],
    ["Fastify's", Object.assign(new Error('canary'), { statusCode: 414 }), 414],
    ['one without a sentence of its own', Object.assign(new Error('canary'), { statusCode: 418 }), 418],
  ])('of the framework, %s, keeps its status but not its message', (_name, error, status) => {
    const { problem, expected } = problemFor(error);
    expect([problem.status, expected]).toEqual([status, true]);
    expect(problem.detail).toMatch(/^[A-Z].{20,}\.$/);
    expect(problem.detail).not.toContain('canary');
  });

  it.each([
    ['an error', Object.assign(new TypeError('canary'), { code: 'canary', path: '/canary' })],
    ['an error that calls itself 500', Object.assign(new Error('canary'), { statusCode: 500 })],
    ['an error with a status that is none', Object.assign(new Error('canary'), { statusCode: 200 })],
    ['an error with a cause', new Error('canary', { cause: new Error('canary') })],
    ['a text', 'canary'],
    ['an object', { canary: 'canary' }],
    ['a number', 404],
  ])('of an unknown error, %s, is an opaque 500', (_name, error) => {
    const { problem, expected } = problemFor(error);
    expect([problem.status, expected]).toEqual([500, false]);
    expect(JSON.stringify(problem) + problem.message).not.toContain('canary');
    expect(problem.cause).toBeUndefined();
  });

  it('of undefined or null is 500', () => {
    expect([undefined, null].map((error) => problemFor(error).problem.status)).toEqual([500, 500]);
  });

  it('of a malformed tile address is 400, and of a missing tile 404', () => {
    const refusal = { part: 'z', detail: 'A sentence.' } as const;
    expect(problemForRefusal({ kind: 'malformed', ...refusal })).toMatchObject({ status: 400 });
    expect(problemForRefusal({ kind: 'unknown', ...refusal })).toMatchObject({ status: 404 });
    expect(problemForRefusal({ kind: 'out-of-range', ...refusal })).toMatchObject({
      status: 404,
      detail: 'A sentence.',
    });
  });
});
