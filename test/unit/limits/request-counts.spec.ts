import { beforeEach, describe, expect, it } from '@jest/globals';
import { RequestCounts, type Limit } from '../../../src/limits/request-counts.js';
import type { SharedCount, SharedCounts } from '../../../src/limits/shared-counts.js';

const LIMIT: Limit = { max: 3, seconds: 60 };
let now: number;
const clock = () => now;

/** The counts of all replicas, which reply when the test says so. */
class SharedDouble {
  isAvailable = true;
  total = 0;
  leftMs = 60_000;
  readonly reported: number[] = [];
  private readonly waiting: ((fail: boolean) => void)[] = [];

  add(_name: string, requests: number): Promise<SharedCount> {
    this.reported.push(requests);
    return new Promise((resolve, reject) => {
      this.waiting.push((fail) => {
        if (fail) return reject(new Error('OOM'));
        this.total += requests;
        resolve({ requests: this.total, leftMs: this.leftMs });
      });
    });
  }

  async reply(fail = false): Promise<void> {
    for (const end of this.waiting.splice(0)) end(fail);
    await new Promise(setImmediate);
  }
}

let shared: SharedDouble;
let counts: RequestCounts;
const take = (times = 1, subject: 'address:a' | 'key:a' | `key:${number}` = 'key:a') =>
  Array.from({ length: times }, () => counts.take(subject, LIMIT)).at(-1)!;

beforeEach(() => {
  now = 1000;
  shared = new SharedDouble();
  counts = new RequestCounts(shared as unknown as SharedCounts, clock);
});

describe('requests', () => {
  it('are counted in windows', () => {
    counts = new RequestCounts(undefined, clock);
    expect(take()).toEqual({ isExceeded: false, remaining: 2, resetSeconds: 60 });
    now += 59_001;
    expect(take(2)).toEqual({ isExceeded: false, remaining: 0, resetSeconds: 1 });
    expect(take()).toEqual({ isExceeded: true, remaining: 0, resetSeconds: 1 });
    now += 999;
    expect(take().isExceeded).toBe(false);
  });

  it('of an address and of a key with the same text are counted apart, and many keys evict no address', () => {
    counts = new RequestCounts(undefined, clock);
    take(4, 'address:a');
    for (let i = 0; i < 30_000; i++) take(1, `key:${i}`);
    expect(take(1, 'address:a').isExceeded).toBe(true);
    expect(take(3, 'key:29999').isExceeded).toBe(true);
  });

  it('are counted here while Redis has no connection, hangs or refuses to count', async () => {
    shared.isAvailable = false;
    expect(take(4).isExceeded).toBe(true);
    expect(shared.reported).toEqual([]);
    now += 60_000;
    shared.isAvailable = true;
    expect(take(4).isExceeded).toBe(true);
    now += 60_000;
    for (let i = 0; i < 3; i++) {
      expect(take().isExceeded).toBe(false);
      await shared.reply(true);
    }
    expect(take().isExceeded).toBe(true);
  });

  it('of other replicas count from the next reply of Redis on', async () => {
    shared.total = 2;
    expect(take().remaining).toBe(2);
    await shared.reply();
    expect(take()).toMatchObject({ isExceeded: true, remaining: 0 });
  });

  it('are reported once each, one report of a subject at a time, and refused ones not at all', async () => {
    counts = new RequestCounts(shared as unknown as SharedCounts, clock);
    take(3);
    expect(shared.reported).toEqual([1]);
    await shared.reply();
    expect(shared.reported).toEqual([1, 2]);
    await shared.reply();
    expect(shared.total).toBe(3);
    expect(take(100).isExceeded).toBe(true);
    expect(shared.reported).toEqual([1, 2]);
  });

  it('of all replicas end their window together, and a longer time of Redis extends nothing', async () => {
    shared.leftMs = 10_000;
    take();
    await shared.reply();
    expect(take().resetSeconds).toBe(10);
    shared.leftMs = 1e12;
    await shared.reply();
    expect(take().resetSeconds).toBe(10);
    now += 10_000;
    expect(take().remaining).toBe(2);
  });

  it('of an ended window do not count in the next one when the reply is late', async () => {
    take(3);
    now += 60_000;
    expect(take().remaining).toBe(2);
    shared.total = 0;
    await shared.reply();
    expect(take().isExceeded).toBe(false);
  });
});
