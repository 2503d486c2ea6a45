import { Injectable } from '@nestjs/common';
import { HealthSignals } from '../common/health-signals.js';
import { CookieKeeper, reportOf, type CookieReport } from '../cookie-store/index.js';

/** The report of `/health`: the state of the cookies, or the most important issue of the gateway. */
@Injectable()
export class HealthReporter {
  constructor(
    private readonly cookies: CookieKeeper,
    private readonly signals: HealthSignals,
  ) {}

  read(): CookieReport {
    const status = this.cookies.status();
    const report = reportOf(status);
    const signal = this.signals.read().find(({ issue }) => issue !== undefined);
    if (!signal?.issue) return report;
    const { reason, action } = signal.issue;
    const { state, refreshPausedUntil: until } = status;
    // The other states last until the user acts.
    const isPaused = signal.name === 'cookies' && state === 'upstream_error' && until !== undefined;
    const pause = isPaused ? `; the next refresh starts at ${until} or later` : '';
    return { ...report, status: 'degraded', reason: reason + pause, action };
  }
}
