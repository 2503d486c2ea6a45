/** Memory, descriptors and series of the gateway, taken from its own metrics. */
import type { GatewayProcess } from '../../support/gateway-process.js';

export interface Vitals {
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** Undefined where the system does not tell. */
  readonly descriptors: number | undefined;
  readonly series: number;
}

export async function vitalsOf(gateway: GatewayProcess): Promise<Vitals> {
  const page = await gateway.metrics();
  return {
    residentBytes: page.residentBytes,
    heapBytes: page.value('nodejs_heap_size_used_bytes')!,
    descriptors: page.openDescriptors,
    series: page.size,
  };
}

/** Asks again until `fits`, for what takes a moment to be cleared away; gives the last answer in any case. */
export async function vitalsWhen(
  gateway: GatewayProcess,
  fits: (vitals: Vitals) => boolean,
  ms: number,
): Promise<Vitals> {
  const end = Date.now() + ms;
  for (;;) {
    const vitals = await vitalsOf(gateway);
    if (fits(vitals) || Date.now() > end) return vitals;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
