import { homedir } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import type { z } from 'zod';
import { Secret } from '../../../src/common/secret.js';
import * as kind from '../../../src/config/setting-types.js';

/** The value, or the sentence of the refusal. */
function read(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  return result.success ? result.data : `refused: ${result.error.issues[0]!.message}`;
}

describe('a size in bytes', () => {
  it.each([
    ['500000', 500_000],
    [500_000, 500_000],
    ['0', 0],
    ['256MB', 256_000_000],
    ['256 mb', 256_000_000],
    ['1GiB', 1024 ** 3],
    ['64KiB', 65_536],
    ['10kB', 10_000],
    ['1.5GB', 1_500_000_000],
    ['12B', 12],
    ['  1MB ', 1_000_000],
  ])('is read from %j', (value, expected) => {
    expect(read(kind.bytes(), value)).toBe(expected);
  });

  it.each([
    'lots',
    '',
    'MB',
    '-1MB',
    '1TB',
    '1,5GB',
    '1e6',
    '0x10',
    '1 M B',
    '1MBs',
    1.5,
    null,
    true,
    [1],
    {},
  ])('is not read from %j', (value) => {
    expect(read(kind.bytes(), value)).toMatch(/refused: must be a size such as 256MB/);
  });

  it('has bounds', () => {
    expect(read(kind.bytes(), -1)).toBe('refused: must not be negative');
    expect(read(kind.bytes(), '999999GB')).toBe('refused: is larger than any cache');
  });
});

describe('a whole number', () => {
  const number = kind.integer(-5, 100);

  it.each([
    ['42', 42],
    [' 42 ', 42],
    [42, 42],
    ['-5', -5],
    ['100', 100],
    ['007', 7],
  ])('is read from %j', (value, expected) => {
    expect(read(number, value)).toBe(expected);
  });

  it.each([
    '',
    'x',
    '42x',
    '4 2',
    '1.0',
    '1e1',
    '0x1',
    '+1',
    1.5,
    Number.NaN,
    Infinity,
    null,
    true,
    [1],
    101,
    '-6',
    '9'.repeat(30),
  ])('is not read from %p', (value) => {
    expect(read(number, value)).toBe('refused: must be a whole number from -5 to 100');
  });
});

describe('a flag', () => {
  it.each([
    ...(['true', 'TRUE', '1', 'yes', ' On '].map((word) => [word, true]) as [unknown, boolean][]),
    ...(['false', 'False', '0', 'no', 'off'].map((word) => [word, false]) as [unknown, boolean][]),
    [true, true],
    [false, false],
  ])('of %j is %s', (value, expected) => {
    expect(read(kind.flag(), value)).toBe(expected);
  });

  it.each(['', 'y', 'maybe', '2', 1, null, []])('of %j is refused, not false', (value) => {
    expect(read(kind.flag(), value)).toBe('refused: must be true or false');
  });
});

describe('an address', () => {
  it.each([
    ['https://tiles.example', 'https://tiles.example'],
    ['https://tiles.example/', 'https://tiles.example'],
    ['http://127.0.0.1:8080/a/b//', 'http://127.0.0.1:8080/a/b'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
    [' https://tiles.example ', 'https://tiles.example'],
  ])('%j is read as %s', (value, expected) => {
    expect(read(kind.httpUrl(), value)).toBe(expected);
  });

  it.each([
    'tiles.example',
    '//tiles.example',
    'ftp://tiles.example',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://',
    'https://tiles.example?key=1',
    'https://tiles.example#top',
    'https://user:password@tiles.example',
    'https://tiles.example:99999',
    'https://tiles example',
    'https://tiles.example/a b',
  ])('%j is refused', (value) => {
    expect(read(kind.httpUrl(), value)).toMatch(/refused: must be an http or https address/);
  });

  it('without two slashes is refused, since it would stand like that in every document', () => {
    for (const value of ['https:tiles.example', 'https:/tiles.example', 'https:///tiles.example'])
      expect([value, read(kind.httpUrl(), value)]).toEqual([value, expect.stringMatching(/^refused/)]);
  });

  it('is text that is not empty', () => {
    expect(read(kind.httpUrl(), '  ')).toBe('refused: must not be empty');
    expect(read(kind.httpUrl(), 8080)).toBe('refused: must be text');
  });
});

describe('an address with shards', () => {
  it.each([
    ['https://h-{a-c}.example/', ['https://h-a.example', 'https://h-b.example', 'https://h-c.example']],
    ['https://h.example/{x-y}', ['https://h.example/x', 'https://h.example/y']],
    ['https://h-{b-b}.example', ['https://h-b.example']],
    ['https://h.example', ['https://h.example']],
  ])('%s stands for each letter in turn', (value, expected) => {
    expect(read(kind.shardedHttpUrl(), value)).toEqual(expected);
  });

  it('is refused when its range runs backwards, or when it is none', () => {
    expect(read(kind.shardedHttpUrl(), 'https://h-{c-a}.example')).toMatch(/refused: .*first letter first/);
    expect(read(kind.shardedHttpUrl(), 'h-{a-c}.example')).toMatch(/refused: must be an http/);
  });
});

describe('a list', () => {
  const colors = kind.list(kind.oneOf(['hot', 'blue']));

  it.each([
    ['hot,blue', ['hot', 'blue']],
    [' hot , , blue, ', ['hot', 'blue']],
    [['blue'], ['blue']],
    ['', []],
    [[], []],
  ])('is read from %j', (value, expected) => {
    expect(read(colors, value)).toEqual(expected);
  });

  it('is refused for one strange word, and when it is no list', () => {
    expect(read(colors, 'hot,pink')).toBe('refused: must be one of hot, blue');
    expect(read(colors, ['hot', null])).toBe('refused: must be one of hot, blue');
    expect(read(colors, 5)).toBe('refused: must be a list');
  });
});

describe('a path', () => {
  it.each([
    ['~/cookies.json', `${homedir()}/cookies.json`],
    ['~', homedir()],
    ['~other/cookies.json', '~other/cookies.json'],
    ['/data/~/cookies.json', '/data/~/cookies.json'],
    ['relative.json', 'relative.json'],
  ])('%s is %s', (value, expected) => {
    expect(read(kind.path(), value)).toBe(expected);
  });
});

describe('a secret setting', () => {
  it('is a secret from the moment it is read, without the blanks around it', () => {
    const value = read(kind.secret(), ' canary \n');
    expect(value).toBeInstanceOf(Secret);
    expect((value as Secret).reveal()).toBe('canary');
  });

  it('that is an admin key is long enough not to be guessed', () => {
    expect(read(kind.adminKey(), 'x'.repeat(16))).toBeInstanceOf(Secret);
    for (const weak of ['x'.repeat(15), 'x'.repeat(257), 'x'.repeat(10) + ' ' + 'x'.repeat(10)])
      expect(read(kind.adminKey(), weak)).toBe('refused: must have 16 to 256 characters without blanks');
  });
});

describe('the address of Redis', () => {
  it.each([
    'redis://redis',
    'redis://redis:6379/',
    'rediss://user:pass%2Fword%25@redis.example:6380/3',
    'redis://:secret@[::1]:6379/0',
  ])('is %s', (value) => {
    expect(read(kind.redisUrl(), value)).toBeInstanceOf(Secret);
  });

  it.each([
    'redis.example:6379',
    'http://redis',
    'redis:///0',
    // Databases are numbers, and nothing else is understood there.
    'redis://redis/tiles',
    'redis://redis/0?family=6',
    'redis://:50%off@redis',
  ])('is not %s', (value) => {
    expect(read(kind.redisUrl(), value)).toMatch(/^refused: must be an address such as redis:/);
  });
});
