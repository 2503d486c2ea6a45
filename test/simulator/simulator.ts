import { controlAnswer, isControl } from './control.js';
import { anonymousHost } from './hosts/anonymous-host.js';
import { tileHost } from './hosts/tile-host.js';
import { webHost } from './hosts/web-host.js';
import { resetCounters, type Counters } from './server/counters.js';
import { listen } from './server/listener.js';
import type { RecordedRequest } from './server/request-log.js';
import { issueCookies, newState, type IssueOverrides, type State } from './state.js';
import { quietSwitches, type Face, type Switches } from './switches.js';

export interface SimulatorOptions {
  /** Any free port when 0 or left out; the same for the other two. */
  tilesPort?: number;
  webPort?: number;
  anonymousPort?: number;
  /** How long signed cookies are good; a day when left out. */
  cookieLifetimeSeconds?: number;
  /** The clock by which cookies expire, in epoch milliseconds. Latency is waited in real time. */
  now?: () => number;
}

/** The upstream's three hosts, running, each on a port of its own at 127.0.0.1. */
export interface Simulator {
  readonly tilesUrl: string;
  readonly webUrl: string;
  readonly anonymousUrl: string;
  /** Live: assign to a switch and the next request obeys. */
  readonly switches: Switches;
  readonly counters: Counters;
  /** The last 5000 requests, oldest first. */
  readonly requests: RecordedRequest[];
  /** The value of `_strava4_session` for the session that was started last. */
  readonly sessionValue: string;
  /** Signed cookies that are good right now: the four and `_strava_CloudFront-Expires`. */
  issueCookies(overrides?: IssueOverrides): Record<string, string>;
  /** All signed cookies issued so far become invalid (403 InvalidKey). */
  revokeKeyPair(): void;
  /** All sessions end and show `face`; signed cookies stay good. */
  endSession(face: Face): void;
  /** Someone logs in again: returns the new value, and the `deadSession` switch goes off. */
  startNewSession(): string;
  /** Counters to zero, requests forgotten, switches off, and a live session in `sessionValue`. */
  reset(): void;
  /** Cuts open connections and frees the ports. */
  close(): Promise<void>;
}

/** Starts the three hosts; resolves when they listen. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const state = newState(options.cookieLifetimeSeconds ?? 86_400, options.now ?? Date.now);
  const listeners = await Promise.all([
    listen(tileHost(state), options.tilesPort ?? 0, state),
    listen(webHost(state), options.webPort ?? 0, state, (asked) =>
      isControl(asked) ? controlAnswer(simulator, asked) : undefined,
    ),
    listen(anonymousHost(state), options.anonymousPort ?? 0, state),
  ]);
  const [tiles, web, anonymous] = listeners;
  Object.assign(state.addresses, { tilesUrl: tiles.url, webUrl: web.url, anonymousUrl: anonymous.url });
  const simulator = handle(state, async () => {
    await Promise.all(listeners.map((listener) => listener.close()));
  });
  return simulator;
}

function handle(state: State, close: () => Promise<void>): Simulator {
  const { addresses, switches, counters, requests, sessions, signer } = state;
  return {
    ...addresses,
    switches,
    counters,
    requests,
    get sessionValue() {
      return sessions.current;
    },
    issueCookies: (overrides) => issueCookies(state, overrides),
    revokeKeyPair() {
      signer.revoke();
      counters.revocations++;
    },
    endSession: (face) => sessions.endAll(face),
    startNewSession() {
      switches.deadSession = null;
      return sessions.start();
    },
    reset() {
      resetCounters(counters);
      requests.length = 0;
      Object.assign(switches, quietSwitches());
      if (sessions.judge(sessions.current) !== 'live') sessions.start();
    },
    close,
  };
}
