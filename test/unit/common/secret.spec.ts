import { format, inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { Secret } from '../../../src/common/secret.js';

const CANARY = 'canary-value';
const secret = new Secret(CANARY);

describe('a secret', () => {
  it('returns its value only from reveal()', () => {
    expect(secret.reveal()).toBe(CANARY);
    expect([Object.keys(secret), Object.getOwnPropertyNames(secret)]).toEqual([[], []]);
  });

  it.each([
    ['a template', () => `${secret as unknown as string}`],
    ['a sum', () => 'x' + (secret as unknown as string)],
    ['String()', () => String(secret)],
    ['join()', () => [secret, secret].join()],
    ['JSON', () => JSON.stringify({ deep: [{ secret }] })],
    ['inspect', () => inspect({ deep: { secret } })],
    ['inspect with all it has', () => inspect(secret, { showHidden: true, depth: null, getters: true })],
    ['format', () => format('%s %o %O %j', secret, secret, secret, secret)],
    ['an error message', () => new Error(`failed with ${secret as unknown as string}`).message],
    ['an error that carries it', () => inspect(Object.assign(new Error('x', { cause: secret }), { secret }))],
    ['a map and a set', () => inspect([new Map([['s', secret]]), new Set([secret])])],
  ])('does not print itself in %s', (_name, print) => {
    expect(print()).toContain('[redacted]');
    expect(print()).not.toContain(CANARY);
  });

  it('does not print itself in a log, nor in the error of a log', () => {
    let logged = '';
    const log = pino({}, { write: (line: string) => (logged += line) });
    log.warn({ secret, err: Object.assign(new Error('x'), { secret }) }, 'message');
    expect(logged).toContain('[redacted]');
    expect(logged).not.toContain(CANARY);
  });
});
