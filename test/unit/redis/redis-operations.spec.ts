import { beforeEach, describe, expect, it } from '@jest/globals';
import { ReplyError } from 'ioredis';
import { RedisOperations } from '../../../src/redis/redis-operations.js';
import { MemoryLog } from '../../support/doubles/memory-log.js';

const OOM: Error = new ReplyError("OOM command not allowed when used memory > 'maxmemory'.");
const TIMEOUT = new Error('Command timed out');
let now: number;
let log: MemoryLog;
let counted: string[];
let operations: RedisOperations;
const messages = () => log.lines.map(({ level, fields, message }) => [level, fields.operation, message]);
const FAILS = 'Redis fails to execute an operation';
const AGAIN = 'Redis executes the operation again';

beforeEach(() => {
  now = 1000;
  log = new MemoryLog();
  counted = [];
  operations = new RedisOperations(
    log,
    (operation, reason) => counted.push(`${operation} ${reason}`),
    () => now,
  );
});

describe('an operation that Redis fails to execute', () => {
  it('is counted each time, logged at first and at the end, and an issue in between', () => {
    expect(operations.issue).toBeUndefined();
    for (let i = 0; i < 100; i++) {
      operations.failed('tile_write', OOM);
      operations.succeeded('tile_read');
      now += 100;
    }
    expect(operations.issue).toEqual({
      reason: 'Redis fails at storing tiles: Redis has reached maxmemory (OOM)',
      action:
        'raise maxmemory of Redis, or set its maxmemory-policy to volatile-lru; tiles are served and requests are limited meanwhile',
    });
    operations.succeeded('tile_write');
    expect(operations.issue).toBeDefined();
    now += 10_000;
    operations.succeeded('tile_write');
    expect(operations.issue).toBeUndefined();
    expect(counted).toEqual(Array.from({ length: 100 }, () => 'tile_write refused'));
    expect(messages()).toEqual([
      ['warn', 'tile_write', FAILS],
      ['info', 'tile_write', AGAIN],
    ]);
  });

  it('is no issue any more a minute after its last attempt', () => {
    operations.failed('cookies', TIMEOUT);
    operations.failed('rate_limit', TIMEOUT);
    now += 59_999;
    operations.failed('rate_limit', TIMEOUT);
    now += 1;
    expect(operations.issue?.reason).toBe('Redis fails at counting requests: Redis does not reply in time');
    now += 60_000;
    expect(operations.issue).toBeUndefined();
    expect(counted).toEqual(['cookies no_reply', 'rate_limit no_reply', 'rate_limit no_reply']);
  });
});

describe('a record that is not valid', () => {
  it('is counted, logged once a minute, and no issue', () => {
    for (let i = 0; i < 50; i++) operations.foundInvalidRecord('tile_read');
    now += 60_000;
    operations.foundInvalidRecord('tile_read');
    expect(counted).toHaveLength(51);
    expect(messages()).toEqual([
      ['warn', 'tile_read', 'a record in Redis is not valid and is replaced'],
      ['warn', 'tile_read', 'a record in Redis is not valid and is replaced'],
    ]);
    expect(operations.issue).toBeUndefined();
  });
});
