/** The connections that the gateway closes by itself: each is counted, and the log has one warning a minute for each reason. */
import type { Log } from '../../common/log.js';
import type { ClosedReason, Metrics } from '../../metrics/index.js';

const WARNING_INTERVAL_MS = 60_000;

export class ClosedConnections {
  private readonly silentUntil = new Map<ClosedReason, number>();

  constructor(
    private readonly metrics: Pick<Metrics, 'connectionsClosed'>,
    private readonly log: Log,
  ) {}

  add(reason: ClosedReason, fields: object, warning: string, count = 1): void {
    this.metrics.connectionsClosed(reason, count);
    const now = performance.now();
    if (now < (this.silentUntil.get(reason) ?? 0)) return;
    this.silentUntil.set(reason, now + WARNING_INTERVAL_MS);
    this.log.warn(fields, warning);
  }
}
