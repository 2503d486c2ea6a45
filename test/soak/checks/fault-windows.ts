/** When which trouble is the schedule's own doing: the verdicts are as strict as these windows leave them. */
import { CLOSING_MARGIN_MS } from '../settings.js';
import type { Tile } from '../clients/tiles.js';

/** A time in which a fault may show. */
export interface FaultWindow {
  readonly name: string;
  readonly from: number;
  /** Infinity while the fault may show. */
  until: number;
  /** Statuses with which a tile may fail meanwhile. */
  readonly allows: (tile: Tile) => readonly number[];
  /** Whether `/health` may be other than ok. */
  readonly degrades: boolean;
}

/** A time in which connections fail because the listener is closed or the process is gone. */
export interface Outage {
  readonly from: number;
  until: number;
  /** Whether requests that were under way when it began are lost as well. */
  readonly cuts: boolean;
}

/** From SIGTERM to the end of the process. */
export interface Drain {
  readonly from: number;
  /** When the process learned of it, so that `/readyz` must fail. */
  toldAt: number;
  /** When its listener is to close. */
  closingAt: number;
  until: number;
}

/** Times are those of `performance.now()`. */
export class Windows {
  private readonly windows: FaultWindow[] = [];
  private readonly outages: Outage[] = [];
  private readonly drains: Drain[] = [];

  begin(name: string, allows: FaultWindow['allows'], { degrades = false } = {}): FaultWindow {
    const window = { name, from: performance.now(), until: Infinity, allows, degrades };
    this.windows.push(window);
    return window;
  }

  beginOutage(from: number, { cuts }: { cuts: boolean }): Outage {
    const outage = { from, until: Infinity, cuts };
    this.outages.push(outage);
    return outage;
  }

  /** From when on `/readyz` may fail: SIGTERM has been sent. */
  beginDrain(): Drain {
    const drain = { from: performance.now(), toldAt: Infinity, closingAt: Infinity, until: Infinity };
    this.drains.push(drain);
    return drain;
  }

  /** The faults that may show in something that began at `from` and ended at `to`. */
  during(from: number, to: number): FaultWindow[] {
    return this.windows.filter((window) => window.from <= to && from <= window.until);
  }

  /** Whether the connection of a request that began at `from` and ended at `to` may have failed. */
  mayFail(from: number, to: number): boolean {
    return this.outages.some(
      (outage) => (outage.cuts ? outage.from <= to : outage.from <= from) && from <= outage.until,
    );
  }

  /** Whether something that had begun well before a listener closed ended after that. */
  spansClosing(from: number, to: number): boolean {
    return this.drains.some(({ closingAt }) => from < closingAt - CLOSING_MARGIN_MS && closingAt < to);
  }

  /** Whether the process knew that it is to stop when it answered what began at `from` and ended at `to`. */
  draining(from: number, to: number): 'no' | 'perhaps' | 'yes' {
    const drain = this.drains.find((one) => one.from <= to && from <= one.until);
    if (!drain) return 'no';
    return from >= drain.toldAt ? 'yes' : 'perhaps';
  }
}
