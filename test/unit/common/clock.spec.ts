import { once } from 'node:events';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../../src/common/clock.js';

afterEach(() => {
  jest.useRealTimers();
});

describe("the system's clock", () => {
  it('calls a task once after its delay, unless it is cancelled', () => {
    jest.useFakeTimers();
    const ran: string[] = [];
    systemClock.schedule(1000, () => ran.push('kept'));
    const cancel = systemClock.schedule(1000, () => ran.push('cancelled'));
    cancel();
    jest.advanceTimersByTime(999);
    expect(ran).toEqual([]);
    jest.advanceTimersByTime(5000);
    expect(ran).toEqual(['kept']);
  });

  it('does not run a task of two months ahead at once, as setTimeout would', () => {
    jest.useFakeTimers();
    const ran: string[] = [];
    const cancel = systemClock.schedule(60 * 86_400_000, () => ran.push('too early'));
    jest.advanceTimersByTime(60_000);
    expect(ran).toEqual([]);
    cancel();
  });

  it('runs an overdue task at once', async () => {
    const called = new EventTarget();
    const event = once(called, 'now');
    systemClock.schedule(-5, () => called.dispatchEvent(new Event('now')));
    await event;
  });
});
