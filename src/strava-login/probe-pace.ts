/** When it is worth asking the web host whether a browser is logged in. Pure but for what it remembers. */

export interface BrowserLook {
  readonly session: string;
  /** Pages beyond the login; empty while there is none. */
  readonly beyondLogin: string;
}

const SHORTEST_MS = 2000;
const LONGEST_MS = 60_000;

/**
 * Asks when the session cookie has another value than before, or a page beyond the login is open: at most every two
 * seconds, and less often the longer nothing comes of it, until the person gets to another page.
 */
export class ProbePace {
  private known: BrowserLook | undefined;
  private settled = false;
  private fruitless = 0;
  private notBefore = 0;

  /** True at most once for each probe that is to be made. */
  due(look: BrowserLook, now: number): boolean {
    const { known } = this;
    if (look.session !== known?.session || look.beyondLogin !== known.beyondLogin) {
      // The login page sets a session cookie before any login.
      this.settled = known === undefined && look.beyondLogin === '';
      if (look.beyondLogin !== known?.beyondLogin) {
        this.fruitless = 0;
        this.notBefore = Math.min(this.notBefore, now + SHORTEST_MS);
      }
      this.known = look;
    }
    if (this.settled || now < this.notBefore) return false;
    this.notBefore = now + Math.min(LONGEST_MS, SHORTEST_MS * 2 ** this.fruitless++);
    // At the login page a session stays what it is; beyond it, the web host may have been slow.
    this.settled = look.beyondLogin === '';
    return true;
  }

  /** To be called when the probe had no clear answer: the same look is worth another one. */
  unclear(): void {
    this.settled = false;
  }
}
