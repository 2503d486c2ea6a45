/** What the gateway takes of the machine, measured while nobody asks anything. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Crowd } from '../clients/clients.js';
import { MORE_DESCRIPTORS, MORE_MEMORY_BYTES } from '../settings.js';
import type { Tally } from '../tally.js';
import type { Watch } from './gateway-monitor.js';

export interface Sample {
  readonly memoryBytes: number;
  /** Undefined where the system does not tell. */
  readonly descriptors: number | undefined;
}

/** Of one process: after its warm-up and when its end was near. */
export interface Life {
  readonly start: Sample;
  readonly end: Sample;
}

/** Connections that were given up are closed within this. */
const SETTLE_MS = 700;

/** Hushes the crowd and measures; nothing may be under way upstream then. Undefined when `/metrics` gives no answer. */
export async function measure(crowd: Crowd, watch: Watch, tally: Tally): Promise<Sample | undefined> {
  await crowd.hush();
  await pause(SETTLE_MS);
  const metrics = await watch.metrics();
  crowd.resume();
  if (!metrics) {
    tally.violation('/metrics gives no answer while nobody else asks anything');
    return undefined;
  }
  for (const gauge of ['heatmap_upstream_in_flight', 'heatmap_upstream_queue_depth']) {
    const value = metrics.values.get(gauge);
    if (value !== 0) tally.violation(`${gauge} is ${value} while nobody asks anything`);
  }
  return {
    memoryBytes: metrics.values.get('process_resident_memory_bytes') ?? 0,
    descriptors: metrics.values.get('process_open_fds'),
  };
}

export function checkedLife(life: Life, tally: Tally): Life {
  const { start, end } = life;
  if (end.memoryBytes > start.memoryBytes + MORE_MEMORY_BYTES)
    tally.violation(`memory grew from ${megabytes(start)} to ${megabytes(end)}`);
  if ((end.descriptors ?? 0) > (start.descriptors ?? 0) + MORE_DESCRIPTORS)
    tally.violation(`open descriptors went from ${start.descriptors} to ${end.descriptors}`);
  return life;
}

export function megabytes({ memoryBytes }: Sample): string {
  return `${(memoryBytes / 2 ** 20).toFixed(1)} MB`;
}
