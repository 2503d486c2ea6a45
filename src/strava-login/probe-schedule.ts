/** Schedule of the probes that ask the web host whether a browser is logged in. No I/O; keeps state. */

export interface BrowserState {
  readonly session: string;
  /** Pages that require a login; empty if none is open. */
  readonly beyondLogin: string;
}

const MIN_INTERVAL_MS = 2000;
const MAX_INTERVAL_MS = 60_000;

/**
 * A probe is needed when the session cookie changes or a page beyond the login opens: at most every two seconds, with
 * backoff while probes stay without success, until the browser opens another page.
 */
export class ProbeSchedule {
  private known: BrowserState | undefined;
  private settled = false;
  private attempts = 0;
  private notBefore = 0;

  /** Whether to probe now. True at most once per probe. */
  shouldProbe(state: BrowserState, now: number): boolean {
    const { known } = this;
    if (state.session !== known?.session || state.beyondLogin !== known.beyondLogin) {
      // The login page sets a session cookie before any login.
      this.settled = known === undefined && state.beyondLogin === '';
      if (state.beyondLogin !== known?.beyondLogin) {
        this.attempts = 0;
        this.notBefore = Math.min(this.notBefore, now + MIN_INTERVAL_MS);
      }
      this.known = state;
    }
    if (this.settled || now < this.notBefore) return false;
    this.notBefore = now + Math.min(MAX_INTERVAL_MS, MIN_INTERVAL_MS * 2 ** this.attempts++);
    // On the login page a session cookie stays anonymous; beyond it, the web host may only have been slow.
    this.settled = state.beyondLogin === '';
    return true;
  }

  /** Call after an inconclusive probe: the same state is probed again. */
  retry(): void {
    this.settled = false;
  }
}
