import { randomBytes } from 'node:crypto';
import type { EndedSession } from '../switches.js';

/** The login sessions that the web host has issued. */
export class Sessions {
  private readonly valid = new Set<string>();
  private readonly ended = new Map<string, EndedSession>();
  private readonly loginTokens = new Map<string, string>();
  private latest = this.start();

  /** The latest session, ended or not. */
  get current(): string {
    return this.latest;
  }

  /** Starts a session that is logged in; earlier sessions are not affected. */
  start(): string {
    const value = randomBytes(16).toString('hex');
    this.valid.add(value);
    return (this.latest = value);
  }

  /** Ends all sessions; a refresh then gets the response `as`. */
  endAll(as: EndedSession): void {
    for (const value of this.valid) this.ended.set(value, as);
    this.valid.clear();
  }

  stateOf(value: string | undefined): 'valid' | 'unknown' | EndedSession {
    if (value === undefined) return 'unknown';
    return this.valid.has(value) ? 'valid' : (this.ended.get(value) ?? 'unknown');
  }

  /** The session of a visitor who is not logged in. */
  startVisit(): string {
    return randomBytes(16).toString('hex');
  }

  /** A session before login, and the authenticity token that its form must return. */
  startLogin(): { value: string; token: string } {
    const value = this.startVisit();
    const token = randomBytes(32).toString('base64');
    this.loginTokens.set(value, token);
    return { value, token };
  }

  /** True once for each token, and only for its own session. */
  takeLogin(value: string | undefined, token: string | null): boolean {
    if (value === undefined || token === null || this.loginTokens.get(value) !== token) return false;
    return this.loginTokens.delete(value);
  }
}
