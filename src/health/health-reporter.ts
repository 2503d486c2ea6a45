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
    const report = reportOf(this.cookies.status());
    const issue = this.signals.read().find((signal) => signal.issue !== undefined)?.issue;
    return issue ? { ...report, status: 'degraded', ...issue } : report;
  }
}
