/** Which fault is played when: rounds of all of them, in an order that the seed decides, with calm between them. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Crowd } from './clients/clients.js';
import { FILE_FAULTS } from './faults/file-faults.js';
import { checkedLife, measure, type Life } from './checks/resource-growth.js';
import { PROCESS_FAULTS } from './faults/process-faults.js';
import { SESSION_FAULTS } from './faults/session-faults.js';
import { refreshesAllowed } from './settings.js';
import type { Fault, Stage } from './faults/fault-context.js';
import { UPSTREAM_FAULTS } from './faults/upstream-faults.js';
import type { Watch } from './checks/gateway-monitor.js';

const CALM_MS = 700;
/** For the cache to fill, and for the heap to find its size. */
const WARM_UP_MS = 6000;
const LAST_CALM_MS = 3000;
/** Less is not worth another round: restarts and warm-up take a good part of it. */
const ROUND_MS = 30_000;

export interface Played {
  /** Processes that were measured after their warm-up and at their end. */
  readonly lives: readonly Life[];
  /** Faults that the time was too short for. */
  readonly left: readonly string[];
}

/**
 * Plays faults for `seconds`, each that has begun to its end, or all of them once when no time is given. Restarts come
 * first in each round, so that the process that starts then lives through all the others.
 */
export async function playSchedule(
  stage: Stage,
  crowd: Crowd,
  watch: Watch,
  seconds: number | undefined,
): Promise<Played> {
  const { tally, random } = stage.means;
  const end = seconds === undefined ? undefined : performance.now() + seconds * 1000;
  const others = [...UPSTREAM_FAULTS, ...SESSION_FAULTS, ...FILE_FAULTS];
  const left = new Set([...PROCESS_FAULTS, ...others].map(({ name }) => name));
  const lives: Life[] = [];
  do {
    for (const fault of random.shuffled(PROCESS_FAULTS)) {
      await playFault(stage, fault);
      left.delete(fault.name);
    }
    await phase(stage, 'calm', () => pause(WARM_UP_MS));
    const start = await measure(crowd, watch, tally);
    for (const fault of random.shuffled(others)) {
      if (end !== undefined && performance.now() >= end) break;
      await playFault(stage, fault);
      left.delete(fault.name);
    }
    await phase(stage, 'calm', () => pause(LAST_CALM_MS));
    const last = await measure(crowd, watch, tally);
    if (start && last) lives.push(checkedLife({ start, end: last }, tally));
  } while (end !== undefined && performance.now() < end - ROUND_MS);
  return { lives, left: [...left] };
}

async function playFault(stage: Stage, fault: Fault): Promise<void> {
  await phase(stage, fault.name, () => fault.play(stage));
  await phase(stage, 'calm', () => pause(CALM_MS));
}

/** What happens in `during` is counted for the phase `name`; refreshes beyond all reason are a violation. */
async function phase(stage: Stage, name: string, during: () => Promise<void>): Promise<void> {
  const { tally, upstream, referee } = stage.means;
  const { refreshes, requests } = upstream.counters;
  const before = { refreshes: refreshes.total, upstream: requests.tiles + requests.anonymous };
  const began = performance.now();
  const phaseNow = tally.enter(name);
  await during();
  referee.settle();
  const seconds = (performance.now() - began) / 1000;
  const refreshed = refreshes.total - before.refreshes;
  if (refreshed > refreshesAllowed(seconds))
    tally.violation(`${refreshed} refreshes of the cookies within ${seconds.toFixed(1)} s`);
  phaseNow.seconds += seconds;
  phaseNow.refreshes += refreshed;
  phaseNow.upstreamRequests += requests.tiles + requests.anonymous - before.upstream;
}
