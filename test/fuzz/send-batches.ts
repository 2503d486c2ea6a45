/** Sends batches over parallel connections until enough requests have been sent. */
import { Random } from '../support/run/random.js';
import { sendBatch, type Outcome } from './connection.js';
import type { Batch } from './fuzz-case.js';
import { batch, isBurst, LIVEZ } from './requests/batches.js';

export interface SendOptions {
  readonly urls: Record<Batch['port'], URL>;
  readonly seed: number;
  readonly requests: number;
  readonly onOutcome: (number: number, batch: Batch, outcome: Outcome) => void;
  /** Whether to stop early. */
  readonly stop: () => boolean;
}

/** Connections in parallel. All their pipelines together stay below the load that a healthy gateway sheds. */
const PARALLEL = 24;

export async function sendBatches({ urls, seed, requests, onOutcome, stop }: SendOptions): Promise<void> {
  let next = 0;
  let planned = 0;
  const worker = async () => {
    while (planned < requests && !stop()) {
      const number = next++;
      const made = batchOf(seed, number);
      planned += made.cases.length;
      const livez = isBurst(made) ? sendBatch(LIVEZ, urls.management) : undefined;
      onOutcome(number, made, await sendBatch(made, urls[made.port]));
      if (livez) onOutcome(number, LIVEZ, await livez);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}

/** Each batch has its own random stream, so that it can be repeated alone. */
export const batchOf = (seed: number, number: number): Batch => batch(new Random(seed, number));
