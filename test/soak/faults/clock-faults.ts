/** The wall clock of the gateway jumps, as after a correction by NTP or a restored virtual machine, and jumps back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { keyed } from '../clients/keys.js';
import {
  COOKIE_LIFETIME_SECONDS,
  LONG_LIFETIME_SECONDS,
  RECOVERY_MS,
  RECOVERY_WITH_BACKOFF_MS,
} from '../settings.js';
import type { Fault, FaultContext } from './fault-context.js';

const HOUR_MS = 3_600_000;

export const CLOCK_FAULTS: readonly Fault[] = [
  clockJumps('clock 6 h forward', 6 * HOUR_MS),
  clockJumps('clock 6 h back', -6 * HOUR_MS),
];

function clockJumps(name: string, shiftMs: number): Fault {
  return {
    name,
    async play(context) {
      const { upstream } = context.system;
      // The cookies do not expire at any time of the clock.
      upstream.cookieLifetimeSeconds = LONG_LIFETIME_SECONDS;
      await context.revokeKeyPairAndRefresh();
      await jump(context, name, shiftMs);
      await context.revokeKeyPairAndRefresh();
      await jump(context, name, 0);
      upstream.cookieLifetimeSeconds = COOKIE_LIFETIME_SECONDS;
      await context.revokeKeyPairAndRefresh();
    },
  };
}

/** A pause that Strava has asked for, and an exceeded rate limit, must end as if the clock had not changed. */
async function jump(context: FaultContext, name: string, shiftMs: number): Promise<void> {
  const { upstream, gateway, log, tally, limitedKey } = context.system;
  const { max, seconds } = limitedKey.rateLimit;
  const request = () => statusWithLimitedKey(context);
  await context.inWindow(
    { name, allows: () => [503], degrades: true, recoveryMs: RECOVERY_WITH_BACKOFF_MS },
    async () => {
      upstream.switches.tiles = { kind: 'status', status: 429, retryAfterSeconds: 1 };
      await sleep(300);
      upstream.switches.tiles = { kind: 'none' };
      for (let i = 0; i <= max; i++) await request();
      gateway.shiftClock(shiftMs);
      const shifted = () => Math.abs(log.latestTime - performance.now() - shiftMs) < HOUR_MS;
      if (!(await context.eventually(RECOVERY_MS, shifted))) tally.add(`${name}: the clock does not change`);
      const allowed = async () => (await request()) === 200;
      if (!(await context.eventually(seconds * 1000 + RECOVERY_MS, allowed)))
        tally.add(`${name}: the rate limit does not end`);
    },
  );
}

async function statusWithLimitedKey(context: FaultContext): Promise<number | undefined> {
  const call = keyed('/tilejson/all/hot.json', context.system.limitedKey, 'X-API-Key');
  const outcome = await context.send({
    route: 'limited key',
    method: 'GET',
    ...call,
    shown: call.path,
    expected: { kind: 'status', statuses: [200, 429], reports: false },
  });
  return outcome.kind === 'response' ? outcome.status : undefined;
}
