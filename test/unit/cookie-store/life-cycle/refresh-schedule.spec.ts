import { beforeEach, describe, expect, it } from '@jest/globals';
import { RefreshSchedule } from '../../../../src/cookie-store/life-cycle/refresh-schedule.js';
import { ManualClock } from '../../../support/doubles/manual-clock.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let clock: ManualClock;
let refreshes: number;
let nextAttemptAt: number;
let schedule: RefreshSchedule;

beforeEach(() => {
  clock = new ManualClock();
  refreshes = 0;
  nextAttemptAt = 0;
  schedule = new RefreshSchedule({
    clock,
    nextAttemptAt: () => nextAttemptAt,
    refreshBeforeMs: 4 * HOUR,
    random: () => 1,
    refresh: () => refreshes++,
  });
});

const advance = (ms: number) => clock.advance(ms, () => Promise.resolve());

describe.each([
  ['back', -6 * HOUR],
  ['forward', 6 * HOUR],
])('a planned refresh, with the clock set %s by six hours', (_direction, jump) => {
  it('runs four hours before the cookies expire, as planned', async () => {
    schedule.plan(clock.now() + 24 * HOUR);
    await advance(HOUR);
    clock.set(jump);
    await advance(19 * HOUR - 1);
    expect(refreshes).toBe(0);
    await advance(1);
    expect(refreshes).toBe(1);
  });

  it('runs at the end of the pause after a failure', async () => {
    nextAttemptAt = clock.elapsed() + 10 * MINUTE;
    schedule.plan(undefined);
    clock.set(jump);
    await advance(10 * MINUTE - 1);
    expect(refreshes).toBe(0);
    await advance(1);
    expect(refreshes).toBe(1);
  });

  it('runs at the end of a pause that begins later', async () => {
    schedule.plan(undefined);
    nextAttemptAt = clock.elapsed() + 10 * MINUTE;
    clock.set(jump);
    await advance(10 * MINUTE);
    expect(refreshes).toBe(1);
  });
});
