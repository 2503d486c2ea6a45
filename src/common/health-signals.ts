/** Health reported by the parts of the gateway themselves; `/readyz` and `/health` collect it. */

/** A problem that degrades the service while the gateway still answers. */
export interface HealthIssue {
  /** What is wrong: a clause without a final period. */
  readonly reason: string;
  /** What the operator can do about it. */
  readonly action: string;
}

/** In order of importance: `/health` reports the first issue. */
export const HEALTH_INDICATORS = ['cookies', 'redis', 'cache', 'upstream'] as const;
export type HealthIndicatorName = (typeof HEALTH_INDICATORS)[number];

export interface HealthSignal {
  /** Undefined while the part works. */
  readonly issue: HealthIssue | undefined;
  /** Further fields for `/readyz`, with or without an issue. */
  readonly details?: Readonly<Record<string, string>>;
}

/** One per application. A part that is not configured (no Redis) registers nothing and is not reported. */
export class HealthSignals {
  private readonly readers = new Map<HealthIndicatorName, () => HealthSignal>();

  /** `read` is called at each probe, so it must be cheap and must not throw. */
  register(name: HealthIndicatorName, read: () => HealthSignal): void {
    this.readers.set(name, read);
  }

  /** The current signals, most important first. */
  read(): readonly (HealthSignal & { readonly name: HealthIndicatorName })[] {
    return HEALTH_INDICATORS.flatMap((name) => {
      const read = this.readers.get(name);
      return read ? [{ name, ...read() }] : [];
    });
  }
}
