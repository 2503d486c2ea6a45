/** Memory, file descriptors and metric series of the gateway, from its `/metrics`. */
import type { GatewayProcess } from '../../support/gateway-process.js';
import { mebibytes } from '../../support/run/tables.js';

export interface ProcessMetrics {
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** Undefined on systems that do not report them. */
  readonly descriptors: number | undefined;
  readonly series: number;
}

const POLL_MS = 250;

export async function processMetrics(gateway: GatewayProcess): Promise<ProcessMetrics> {
  const page = await gateway.metrics();
  return {
    residentBytes: page.residentBytes,
    heapBytes: page.value('nodejs_heap_size_used_bytes')!,
    descriptors: page.openDescriptors,
    series: page.size,
  };
}

/** Polls until `condition` holds or `ms` have passed, and gives the last result. */
export async function processMetricsWhen(
  gateway: GatewayProcess,
  condition: (metrics: ProcessMetrics) => boolean,
  ms: number,
): Promise<ProcessMetrics> {
  const end = Date.now() + ms;
  for (;;) {
    const metrics = await processMetrics(gateway);
    if (condition(metrics) || Date.now() > end) return metrics;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

export const metricsLine = ({ residentBytes, heapBytes, descriptors, series }: ProcessMetrics): string =>
  `${mebibytes(residentBytes)} resident, ${mebibytes(heapBytes)} heap, ` +
  `${descriptors ?? 'unknown'} descriptors, ${series} metric series`;
