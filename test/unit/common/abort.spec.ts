import { getEventListeners } from 'node:events';
import { describe, expect, it, jest } from '@jest/globals';
import { untilAborted } from '../../../src/common/abort.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const never = new Promise<never>(() => undefined);

describe('waiting until aborted', () => {
  it('settles like the promise', async () => {
    const { signal } = new AbortController();
    await expect(untilAborted(Promise.resolve(7), signal)).resolves.toBe(7);
    await expect(untilAborted(Promise.reject(new Error('its own')), signal)).rejects.toThrow('its own');
  });

  it('ends with the reason of the signal, whether it is aborted later or was before', async () => {
    const controller = new AbortController();
    const waiting = untilAborted(never, controller.signal);
    const reason = new Error('hung up');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(untilAborted(never, controller.signal)).rejects.toBe(reason);
  });

  it('does not cancel the promise, which others may await', async () => {
    const controller = new AbortController();
    let finish: (value: string) => void = () => undefined;
    const common = new Promise<string>((resolve) => (finish = resolve));
    const impatient = untilAborted(common, controller.signal);
    const patient = untilAborted(common, new AbortController().signal);
    controller.abort(new Error('hung up'));
    await expect(impatient).rejects.toThrow('hung up');
    finish('done');
    await expect(patient).resolves.toBe('done');
  });

  it('leaves no listener on the signal', async () => {
    const { signal } = new AbortController();
    await untilAborted(Promise.resolve(), signal);
    await untilAborted(Promise.reject(new Error('x')), signal).catch(() => undefined);
    // The listener goes one turn after the outcome is known.
    await turn();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  // An unhandled rejection fails the test by itself.
  it('leaves no rejection unhandled when the promise fails after the abort', async () => {
    const controller = new AbortController();
    let fail: (error: Error) => void = () => undefined;
    const waiting = untilAborted(new Promise((_, reject) => (fail = reject)), controller.signal);
    controller.abort(new Error('hung up'));
    await expect(waiting).rejects.toThrow('hung up');
    fail(new Error('later'));
    await turn();
  });

  it('leaves no rejection unhandled when the signal was aborted before', async () => {
    const broken = Promise.reject(new Error('later'));
    broken.catch(() => undefined);
    const subscribed = jest.spyOn(broken, 'then');
    await expect(untilAborted(broken, AbortSignal.abort())).rejects.toThrow('aborted');
    expect(subscribed).toHaveBeenCalled();
  });
});
