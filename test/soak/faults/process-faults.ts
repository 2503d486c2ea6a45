/** The process is stopped or killed under load, and starts again on the same port. */
import { setTimeout as sleep } from 'node:timers/promises';
import { LOG_MESSAGES } from '../log-messages.js';
import { CLOSING_MARGIN_MS, RECOVERY_MS, SHUTDOWN_DELAY_MS, SIGNAL_MS } from '../settings.js';
import type { Fault } from './fault-context.js';

/** Latency of the tile host: tiles are in flight when the listener closes. */
const LATENCY_MS = 400;
const LATE_MS = 2000;

export const PROCESS_FAULTS: readonly Fault[] = [
  {
    name: 'SIGTERM',
    play(context) {
      const { gateway, upstream, windows, files, tally, log, delay } = context.system;
      return context.inWindow({ name: this.name, allows: () => [503, 504] }, async () => {
        upstream.switches.tiles = { kind: 'latency', latencyMs: LATENCY_MS };
        await sleep(LATENCY_MS);
        const drain = windows.openDrain();
        const before = log.count(LOG_MESSAGES.stopping);
        const signalled = context.eventually(SIGNAL_MS, () => log.count(LOG_MESSAGES.stopping) > before);
        const ended = gateway.terminate();
        if (!(await signalled)) tally.add('the log does not show SIGTERM in time');
        // The clocks of two processes can differ by a millisecond.
        drain.signalledAt = Math.max(log.lastTime(LOG_MESSAGES.stopping) ?? 0, drain.from);
        drain.closingAt = drain.signalledAt + SHUTDOWN_DELAY_MS;
        await ended;
        drain.until = performance.now();
        // On a busy machine the listener may close late.
        const lateMs = delay.between(drain.signalledAt, drain.closingAt + LATE_MS);
        const outage = windows.openOutage(drain.closingAt - CLOSING_MARGIN_MS - lateMs, { cuts: false });
        const problem = await files.cookiesProblem(upstream.sessionValue, { signed: true });
        if (problem !== undefined) tally.add(`after SIGTERM ${problem}`);
        upstream.switches.tiles = { kind: 'none' };
        await gateway.start();
        outage.until = performance.now();
      });
    },
  },
  {
    name: 'SIGKILL',
    play(context) {
      const { gateway, upstream, windows, files, tally, random } = context.system;
      // Connections break, but every response is valid.
      return context.inWindow({ name: this.name, allows: () => [] }, async () => {
        await context.revokeKeyPair();
        await Promise.race([upstream.nextIssue(), sleep(RECOVERY_MS)]);
        // Around the time at which the gateway writes the new cookies.
        await sleep(random.below(15));
        const outage = windows.openOutage(performance.now(), { cuts: true });
        await gateway.kill();
        const problem = await files.cookiesProblem(upstream.sessionValue, { signed: false });
        if (problem !== undefined) tally.add(`after SIGKILL ${problem}`);
        await gateway.start();
        outage.until = performance.now();
      });
    },
  },
];
