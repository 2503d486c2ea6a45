/** Faults of the upstream, with the statuses that each may cost a tile that is not cached. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Fault as SimulatedFault } from '../../simulator/switches.js';
import { COOKIE_LIFETIME_SECONDS, RECOVERY_AFTER_PAUSES_MS, SHORT_LIFETIME_SECONDS } from '../settings.js';
import type { Fault } from './fault-context.js';
import { isAnonymous, type Tile } from '../clients/tiles.js';

/** The tile host misbehaves; the gateway is as well as before as soon as that is over. */
function tileHostFault(name: string, fault: SimulatedFault, statuses: readonly number[], ms = 1500): Fault {
  return {
    name,
    play: (stage) =>
      stage.under({ name, allows: () => statuses }, async () => {
        const { switches } = stage.means.upstream;
        switches.tiles = fault;
        await pause(ms);
        switches.tiles = { kind: 'none' };
      }),
  };
}

/** Low zooms come from the anonymous host whatever becomes of the cookies. */
const deepOnly =
  (statuses: readonly number[]) =>
  (tile: Tile): readonly number[] =>
    isAnonymous(tile) ? [] : statuses;

export const UPSTREAM_FAULTS: readonly Fault[] = [
  tileHostFault('upstream resets', { kind: 'reset' }, [502]),
  // Whoever waits for a turn behind what stalls is told that there are too many.
  tileHostFault('upstream stalls', { kind: 'stall' }, [503, 504], 2000),
  tileHostFault('upstream stalls in the body', { kind: 'stall-body' }, [503, 504], 2000),
  tileHostFault('upstream 429', { kind: 'status', status: 429, retryAfterSeconds: 1 }, [503]),
  tileHostFault('upstream 503', { kind: 'status', status: 503 }, [502]),
  tileHostFault('upstream HTML', { kind: 'html' }, [502]),
  tileHostFault('upstream truncated', { kind: 'truncated' }, [502]),
  tileHostFault('upstream truncated, chunked', { kind: 'truncated-chunked' }, [502]),
  tileHostFault('upstream slow', { kind: 'latency', latencyMs: 250 }, [503, 504], 2000),
  {
    name: 'upstream refuses all',
    play(stage) {
      const trouble = { name: this.name, allows: deepOnly([503]), degrades: true };
      return stage.under({ ...trouble, recoveryMs: RECOVERY_AFTER_PAUSES_MS }, async () => {
        const { switches } = stage.means.upstream;
        // A refresh takes its time, and many tiles wait for it.
        switches.web = { kind: 'latency', latencyMs: 300 };
        switches.refuseAll = true;
        await pause(1500);
        switches.refuseAll = false;
        switches.web = { kind: 'none' };
      });
    },
  },
  {
    name: 'upstream gone',
    play(stage) {
      const trouble = { name: this.name, allows: () => [502, 503, 504], degrades: true };
      return stage.under({ ...trouble, recoveryMs: RECOVERY_AFTER_PAUSES_MS }, async () => {
        await stage.means.upstream.unplug();
        await pause(2500);
        await stage.means.upstream.plugIn();
      });
    },
  },
  {
    name: 'web host stalls',
    play(stage) {
      const trouble = { name: this.name, allows: deepOnly([503, 504]), degrades: true };
      return stage.under({ ...trouble, recoveryMs: RECOVERY_AFTER_PAUSES_MS }, async () => {
        const { upstream } = stage.means;
        upstream.switches.web = { kind: 'stall' };
        await stage.revokeKeyPair();
        await pause(2000);
        upstream.switches.web = { kind: 'none' };
      });
    },
  },
  {
    name: 'cookies expire',
    async play(stage) {
      const { upstream } = stage.means;
      upstream.cookieLifetimeSeconds = SHORT_LIFETIME_SECONDS;
      await stage.revokeKeyPairUnnoticed();
      const trouble = { name: this.name, allows: deepOnly([503]), degrades: true };
      await stage.under({ ...trouble, recoveryMs: RECOVERY_AFTER_PAUSES_MS }, async () => {
        upstream.switches.web = { kind: 'status', status: 500 };
        await pause(SHORT_LIFETIME_SECONDS * 1000 + 1000);
        upstream.cookieLifetimeSeconds = COOKIE_LIFETIME_SECONDS;
        upstream.switches.web = { kind: 'none' };
      });
    },
  },
  {
    // No window: a refresh cures it, so no client may learn of it.
    name: 'key pair revoked',
    async play(stage) {
      for (let round = 0; round < 3; round++) await stage.revokeKeyPairUnnoticed();
    },
  },
];
