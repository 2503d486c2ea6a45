/** Faults of the upstream, with the statuses that an uncached tile may have. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault as SimulatedFault } from '../../simulator/switches.js';
import { isAnonymous, type Tile } from '../clients/tiles.js';
import {
  COOKIE_LIFETIME_SECONDS,
  RECOVERY_MS,
  RECOVERY_WITH_BACKOFF_MS,
  SHORT_LIFETIME_SECONDS,
  TILE_CACHE_TTL_SECONDS,
} from '../settings.js';
import type { Fault, Impact } from './fault-context.js';

/** A fault of the tile host, from which the gateway recovers at once or, after 429, when its pause has ended. */
function tileHostFault(name: string, fault: SimulatedFault, statuses: readonly number[], ms = 1500): Fault {
  const recoveryMs = fault.status === 429 ? RECOVERY_WITH_BACKOFF_MS : RECOVERY_MS;
  return {
    name,
    play: (context) =>
      context.inWindow({ name, allows: () => statuses, degrades: true, recoveryMs }, async () => {
        const { switches } = context.system.upstream;
        switches.tiles = fault;
        await sleep(ms);
        switches.tiles = { kind: 'none' };
      }),
  };
}

/** The failures while there are no valid cookies; the anonymous host still serves low zoom levels. */
function cookieImpact(name: string, statuses: readonly number[]): Impact {
  return {
    name,
    allows: (tile: Tile) => (isAnonymous(tile) ? [] : statuses),
    degrades: true,
    recoveryMs: RECOVERY_WITH_BACKOFF_MS,
  };
}

export const UPSTREAM_FAULTS: readonly Fault[] = [
  tileHostFault('upstream resets', { kind: 'reset' }, [502]),
  // 503 for requests in the queue behind those that stall.
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
    play: (context) =>
      context.inWindow(cookieImpact('upstream refuses all', [503]), async () => {
        const { switches } = context.system.upstream;
        // Many tiles wait for the slow refresh.
        switches.web = { kind: 'latency', latencyMs: 300 };
        switches.refuseAll = true;
        await sleep(1500);
        switches.refuseAll = false;
        switches.web = { kind: 'none' };
      }),
  },
  {
    // Transparent tiles that the gateway does not trust stay cached for the TTL.
    name: 'blank world',
    async play(context) {
      const { upstream, tally, mix } = context.system;
      const tiles = mix.popular(20);
      for (const tile of tiles) await context.send(tile);
      const impact = { name: this.name, allows: () => [], degrades: true, blanks: true };
      await context.inWindow({ ...impact, recoveryMs: RECOVERY_WITH_BACKOFF_MS }, async () => {
        upstream.switches.emptyEverywhere = true;
        const degraded = async () => (await context.health()) === 'degraded';
        if (!(await context.eventually(RECOVERY_WITH_BACKOFF_MS, degraded)))
          tally.add('blank world: /health does not become degraded');
        await sleep(TILE_CACHE_TTL_SECONDS * 1000);
        let lost = 0;
        for (const tile of tiles) {
          const outcome = await context.send(tile);
          const { picture } = (tile.expected as { tile: Tile }).tile;
          if (outcome.kind !== 'response' || !picture?.equals(outcome.body)) lost++;
        }
        if (lost > 0) tally.add(`blank world: ${lost} of ${tiles.length} cached tiles are lost`);
        upstream.switches.emptyEverywhere = false;
        await sleep(TILE_CACHE_TTL_SECONDS * 1000);
      });
    },
  },
  {
    name: 'upstream down',
    play(context) {
      const { upstream } = context.system;
      const impact = { name: this.name, allows: () => [502, 503, 504], degrades: true };
      return context.inWindow({ ...impact, recoveryMs: RECOVERY_WITH_BACKOFF_MS }, async () => {
        await upstream.close();
        await sleep(2500);
        await upstream.open();
      });
    },
  },
  {
    name: 'web host stalls',
    play: (context) =>
      context.inWindow(cookieImpact('web host stalls', [503, 504]), async () => {
        const { switches } = context.system.upstream;
        switches.web = { kind: 'stall' };
        await context.revokeKeyPair();
        await sleep(2000);
        switches.web = { kind: 'none' };
      }),
  },
  {
    name: 'cookies expire',
    async play(context) {
      const { upstream } = context.system;
      upstream.cookieLifetimeSeconds = SHORT_LIFETIME_SECONDS;
      await context.revokeKeyPairAndRefresh();
      await context.inWindow(cookieImpact('cookies expire', [503]), async () => {
        upstream.switches.web = { kind: 'status', status: 500 };
        await sleep(SHORT_LIFETIME_SECONDS * 1000 + 1000);
        upstream.cookieLifetimeSeconds = COOKIE_LIFETIME_SECONDS;
        upstream.switches.web = { kind: 'none' };
      });
    },
  },
  {
    // Without a window: a refresh repairs it, so no client may get an error.
    name: 'key pair revoked',
    async play(context) {
      for (let round = 0; round < 3; round++) await context.revokeKeyPairAndRefresh();
    },
  },
];
