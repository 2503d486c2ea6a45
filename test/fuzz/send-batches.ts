/** The run itself: so many volleys at a time until enough requests have been sent. */
import { fire, type Outcome } from './connection.js';
import { Random } from './random.js';
import { volley } from './requests/batches.js';
import type { Volley } from './fuzz-case.js';

export interface Target {
  readonly public: URL;
  readonly management: URL;
}

export interface CampaignOptions {
  readonly target: Target;
  readonly seed: number;
  readonly requests: number;
  readonly onOutcome: (number: number, volley: Volley, outcome: Outcome) => void;
  /** Whether to end the run before its time. */
  readonly enough: () => boolean;
}

/** Connections at a time. Their pipelines together are less than what would make a gateway in good health shed load. */
const PARALLEL = 24;

export async function campaign({
  target,
  seed,
  requests,
  onOutcome,
  enough,
}: CampaignOptions): Promise<void> {
  let next = 0;
  let planned = 0;
  const worker = async () => {
    while (planned < requests && !enough()) {
      const number = next++;
      const made = volleyOf(seed, number);
      planned += made.shots.length;
      onOutcome(number, made, await fire(made, target[made.port]));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
}

/** Every volley has a stream of its own, so that it can be made again without those before it. */
export const volleyOf = (seed: number, number: number): Volley => volley(new Random(seed, number));
