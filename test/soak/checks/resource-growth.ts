/** Memory and file descriptors of the gateway, measured while no request is in flight. */
import { setTimeout as sleep } from 'node:timers/promises';
import { mebibytes } from '../../support/run/tables.js';
import type { Clients } from '../clients/clients.js';
import { MAX_DESCRIPTOR_GROWTH, MAX_MEMORY_GROWTH_BYTES } from '../settings.js';
import type { Tally } from '../tally.js';
import type { GatewayMonitor } from './gateway-monitor.js';

export interface Sample {
  readonly memoryBytes: number;
  /** Undefined on systems that do not report them. */
  readonly descriptors: number | undefined;
}

/** Samples of one process: after its warm-up, and before its end. */
export interface ProcessSamples {
  readonly start: Sample;
  readonly end: Sample;
}

/** The gateway closes abandoned connections within this time. */
const SETTLE_MS = 700;

/** Pauses the clients and measures; no upstream request may be in flight then. Undefined without `/metrics`. */
export async function measure(
  clients: Clients,
  monitor: GatewayMonitor,
  tally: Tally,
): Promise<Sample | undefined> {
  await clients.pause();
  await sleep(SETTLE_MS);
  const metrics = await monitor.metrics();
  clients.resume();
  if (!metrics) {
    tally.add('/metrics gives no response while there is no other request');
    return undefined;
  }
  for (const gauge of ['heatmap_upstream_in_flight', 'heatmap_upstream_queue_depth']) {
    const value = metrics.value(gauge);
    if (value !== 0) tally.add(`${gauge} is ${value} while there is no request`);
  }
  return { memoryBytes: metrics.residentBytes, descriptors: metrics.openDescriptors };
}

export function checkGrowth({ start, end }: ProcessSamples, tally: Tally): void {
  if (end.memoryBytes > start.memoryBytes + MAX_MEMORY_GROWTH_BYTES)
    tally.add(`memory grew from ${mebibytes(start.memoryBytes)} to ${mebibytes(end.memoryBytes)}`);
  if ((end.descriptors ?? 0) > (start.descriptors ?? 0) + MAX_DESCRIPTOR_GROWTH)
    tally.add(`open file descriptors grew from ${start.descriptors} to ${end.descriptors}`);
}
