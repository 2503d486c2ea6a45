import { randomBytes } from 'node:crypto';
import type { Face } from '../switches.js';

/** The login sessions that the web host has handed out. */
export class Sessions {
  private readonly live = new Set<string>();
  private readonly ended = new Map<string, Face>();
  private readonly loginTokens = new Map<string, string>();
  private latest = this.start();

  /** The session started last, whether it has ended or not. */
  get current(): string {
    return this.latest;
  }

  /** A new session that is logged in; earlier ones stay as they are. */
  start(): string {
    const value = randomBytes(16).toString('hex');
    this.live.add(value);
    return (this.latest = value);
  }

  /** Ends all sessions; they show `face` from now on. */
  endAll(face: Face): void {
    for (const value of this.live) this.ended.set(value, face);
    this.live.clear();
  }

  /** `live`, the face of an ended session, or `unknown`. */
  judge(value: string | undefined): 'live' | 'unknown' | Face {
    if (value === undefined) return 'unknown';
    return this.live.has(value) ? 'live' : (this.ended.get(value) ?? 'unknown');
  }

  /** A session before login and the authenticity token that its form must bring back. */
  startLogin(): { value: string; token: string } {
    const value = randomBytes(16).toString('hex');
    const token = randomBytes(32).toString('base64');
    this.loginTokens.set(value, token);
    return { value, token };
  }

  /** True once for each token, and only for the session it was given to. */
  takeLogin(value: string | undefined, token: string | null): boolean {
    if (value === undefined || token === null || this.loginTokens.get(value) !== token) return false;
    return this.loginTokens.delete(value);
  }
}
