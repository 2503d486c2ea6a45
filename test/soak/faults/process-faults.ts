/** The process is stopped, or killed, under load, and started again on the same port. */
import { setTimeout as pause } from 'node:timers/promises';
import { CLOSING_MARGIN_MS, RECOVERY_MS, SHUTDOWN_DELAY_MS, TOLD_MS } from '../settings.js';
import type { Fault } from './fault-context.js';

/** Long enough that there are always tiles under way when the listener closes. */
const LATENCY_MS = 400;
const LATE_MS = 2000;

export const PROCESS_FAULTS: readonly Fault[] = [
  {
    name: 'SIGTERM',
    play(stage) {
      const { gateway, upstream, windows, files, tally, log, withheld } = stage.means;
      return stage.under({ name: this.name, allows: () => [503, 504] }, async () => {
        upstream.switches.tiles = { kind: 'latency', latencyMs: LATENCY_MS };
        await pause(LATENCY_MS);
        const drain = windows.beginDrain();
        const before = log.count('stopping');
        const told = stage.eventually(TOLD_MS, () => log.count('stopping') > before);
        const ended = gateway.terminate();
        if (!(await told)) tally.violation('the log does not say in time that SIGTERM has come');
        // The two processes do not share a clock to the millisecond.
        drain.toldAt = Math.max(log.lastTime('stopping') ?? 0, drain.from);
        drain.closingAt = drain.toldAt + SHUTDOWN_DELAY_MS;
        await ended;
        drain.until = performance.now();
        // Of a busy machine the listener may close late, and not have been looked at for a while by then.
        const withheldMs = withheld.between(drain.toldAt, drain.closingAt + LATE_MS);
        const closed = drain.closingAt - CLOSING_MARGIN_MS - withheldMs;
        const outage = windows.beginOutage(closed, { cuts: false });
        const problem = await files.cookiesProblem(upstream.sessionValue, { signed: true });
        if (problem !== undefined) tally.violation(`after SIGTERM ${problem}`);
        upstream.switches.tiles = { kind: 'none' };
        await gateway.start();
        outage.until = performance.now();
      });
    },
  },
  {
    name: 'kill -9',
    play(stage) {
      const { gateway, upstream, windows, files, tally, random } = stage.means;
      // Connections break, but whoever gets an answer gets a good one.
      return stage.under({ name: this.name, allows: () => [] }, async () => {
        await stage.revokeKeyPair();
        await Promise.race([upstream.nextIssue(), pause(RECOVERY_MS)]);
        // Anywhere around the write that follows.
        await pause(random.below(15));
        const outage = windows.beginOutage(performance.now(), { cuts: true });
        await gateway.kill();
        const problem = await files.cookiesProblem(upstream.sessionValue, { signed: false });
        if (problem !== undefined) tally.violation(`after kill -9 ${problem}`);
        await gateway.start();
        outage.until = performance.now();
      });
    },
  },
];
