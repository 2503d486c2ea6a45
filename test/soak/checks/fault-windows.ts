/** The periods in which the schedule itself causes failures; checks are strict outside of them. */
import type { Tile } from '../clients/tiles.js';
import { CLOSING_MARGIN_MS } from '../settings.js';

/** A period in which a fault may affect responses. */
export interface FaultWindow {
  readonly from: number;
  /** Infinity while the fault may show. */
  until: number;
  /** Statuses with which a tile may fail. */
  readonly allows: (tile: Tile) => readonly number[];
  /** Whether `/health` may be degraded. */
  readonly degrades: boolean;
  /** Whether a tile with heat may be transparent. */
  readonly blanks: boolean;
}

/** A period in which connections fail because the listener is closed or the process has ended. */
export interface Outage {
  readonly from: number;
  until: number;
  /** Whether requests in flight at the start are lost too. */
  readonly cuts: boolean;
}

/** From SIGTERM to the end of the process. */
export interface Drain {
  readonly from: number;
  /** When the process handled the signal; `/readyz` must fail from then on. */
  signalledAt: number;
  /** When the listener is due to close. */
  closingAt: number;
  until: number;
}

/** All times are those of `performance.now()`. */
export class FaultWindows {
  private readonly windows: FaultWindow[] = [];
  private readonly outages: Outage[] = [];
  private readonly drains: Drain[] = [];

  open(allows: FaultWindow['allows'], { degrades = false, blanks = false } = {}): FaultWindow {
    const window = { from: performance.now(), until: Infinity, allows, degrades, blanks };
    this.windows.push(window);
    return window;
  }

  openOutage(from: number, { cuts }: { cuts: boolean }): Outage {
    const outage = { from, until: Infinity, cuts };
    this.outages.push(outage);
    return outage;
  }

  /** To be called when SIGTERM is sent; `/readyz` may fail from now on. */
  openDrain(): Drain {
    const drain = { from: performance.now(), signalledAt: Infinity, closingAt: Infinity, until: Infinity };
    this.drains.push(drain);
    return drain;
  }

  /** The faults that may affect a request between `from` and `to`. */
  during(from: number, to: number): FaultWindow[] {
    return this.windows.filter((window) => window.from <= to && from <= window.until);
  }

  /** Whether the connection of a request between `from` and `to` may have failed. */
  mayFail(from: number, to: number): boolean {
    return this.outages.some(
      (outage) => (outage.cuts ? outage.from <= to : outage.from <= from) && from <= outage.until,
    );
  }

  /** Whether a request started well before a listener closed and ended after that. */
  spansClosing(from: number, to: number): boolean {
    return this.drains.some(({ closingAt }) => from < closingAt - CLOSING_MARGIN_MS && closingAt < to);
  }

  /** Whether the process was draining when it answered a request between `from` and `to`. */
  draining(from: number, to: number): 'no' | 'perhaps' | 'yes' {
    const drain = this.drains.find((one) => one.from <= to && from <= one.until);
    if (!drain) return 'no';
    return from >= drain.signalledAt ? 'yes' : 'perhaps';
  }
}
