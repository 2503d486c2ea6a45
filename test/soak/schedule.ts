/** Plays all faults in rounds, in an order given by the seed, with fault-free periods between them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { GatewayMonitor } from './checks/gateway-monitor.js';
import { checkGrowth, measure, type ProcessSamples } from './checks/resource-growth.js';
import { CLOCK_FAULTS } from './faults/clock-faults.js';
import type { Fault, FaultContext } from './faults/fault-context.js';
import { FILE_FAULTS } from './faults/file-faults.js';
import { NEIGHBOUR_FAULTS } from './faults/neighbour-faults.js';
import { PROCESS_FAULTS } from './faults/process-faults.js';
import { REDIS_FAULTS } from './faults/redis-faults.js';
import { SESSION_FAULTS } from './faults/session-faults.js';
import { UPSTREAM_FAULTS } from './faults/upstream-faults.js';
import type { Counters } from '../simulator/server/counters.js';
import { maxRefreshes } from './settings.js';

const NO_FAULT = 'no fault';
const NO_FAULT_MS = 700;
/** The cache fills and the heap reaches its size. */
const WARM_UP_MS = 6000;
const LAST_NO_FAULT_MS = 3000;
/** With less time left, no further round starts: restarts and warm-up would take most of it. */
const ROUND_MS = 30_000;

const OTHER_FAULTS = [
  ...UPSTREAM_FAULTS,
  ...SESSION_FAULTS,
  ...FILE_FAULTS,
  ...NEIGHBOUR_FAULTS,
  ...CLOCK_FAULTS,
  ...REDIS_FAULTS,
];

/**
 * Plays each fault once, and then goes on for `seconds` since the start. Restarts come first in each round, so that one
 * process sees all other faults. Gives the processes that were measured after their warm-up and before their end.
 */
export async function playSchedule(
  context: FaultContext,
  monitor: GatewayMonitor,
  seconds: number,
): Promise<readonly ProcessSamples[]> {
  const { tally, random, clients } = context.system;
  const end = performance.now() + seconds * 1000;
  const processes: ProcessSamples[] = [];
  const play = async (fault: Fault): Promise<void> => {
    await phase(context, fault.name, () => fault.play(context));
    tally.faults++;
    await phase(context, NO_FAULT, () => sleep(NO_FAULT_MS));
  };
  for (let round = 0; round === 0 || performance.now() < end - ROUND_MS; round++) {
    for (const fault of random.shuffled(PROCESS_FAULTS)) await play(fault);
    await phase(context, NO_FAULT, () => sleep(WARM_UP_MS));
    const start = await measure(clients, monitor, tally);
    for (const fault of random.shuffled(OTHER_FAULTS))
      if (round === 0 || performance.now() < end) await play(fault);
    await phase(context, NO_FAULT, () => sleep(LAST_NO_FAULT_MS));
    const last = await measure(clients, monitor, tally);
    if (start && last) {
      const samples = { start, end: last };
      checkGrowth(samples, tally);
      processes.push(samples);
    }
  }
  return processes;
}

/** Counts what happens in `action` for the phase `name`; too many refreshes are a violation. */
async function phase(context: FaultContext, name: string, action: () => Promise<void>): Promise<void> {
  const { tally, upstream, checker } = context.system;
  const { refreshes, requests } = upstream.counters;
  const before = { refreshes: refreshes.total, upstream: tileRequests(requests) };
  const start = performance.now();
  const current = tally.enter(name);
  await action();
  checker.checkPending();
  const seconds = (performance.now() - start) / 1000;
  const refreshed = refreshes.total - before.refreshes;
  if (refreshed > maxRefreshes(seconds)) tally.add(`${refreshed} refreshes within ${seconds.toFixed(1)} s`);
  current.seconds += seconds;
  current.refreshes += refreshed;
  current.upstreamRequests += tileRequests(requests) - before.upstream;
}

function tileRequests({ tiles, anonymous, oldAnonymous }: Counters['requests']): number {
  return tiles + anonymous + oldAnonymous;
}
