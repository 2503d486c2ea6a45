import { controlResponse, isControl } from './control.js';
import { oldAnonymousHost } from './hosts/anonymous-host.js';
import { tileHosts } from './hosts/tile-host.js';
import { webHost } from './hosts/web-host.js';
import { resetCounters, type Counters } from './server/counters.js';
import { listen } from './server/listener.js';
import type { RecordedRequest } from './server/request-log.js';
import { issueCookies, newState, type IssueOverrides, type State } from './state.js';
import { defaultSwitches, type EndedSession, type Switches } from './switches.js';

export interface SimulatorOptions {
  /** Any free port when 0 or undefined; the same for the other two. */
  tilesPort?: number;
  webPort?: number;
  anonymousPort?: number;
  /** Lifetime of signed cookies; a day when undefined. */
  cookieLifetimeSeconds?: number;
  /** The clock for the expiry of cookies, in epoch milliseconds. Latencies use real time. */
  now?: () => number;
}

/** The running simulator: three hosts, each on its own port of 127.0.0.1. */
export interface Simulator {
  /** Of the tile host: signed tiles, and anonymous ones below `/anon/globalheat`. */
  readonly tilesUrl: string;
  readonly webUrl: string;
  /** Of the old host of anonymous tiles. */
  readonly anonymousUrl: string;
  /** Changes apply to the next request. */
  readonly switches: Switches;
  readonly counters: Counters;
  /** The last 5000 requests, oldest first. */
  readonly requests: RecordedRequest[];
  /** The value of `_strava4_session` for the latest session. */
  readonly sessionValue: string;
  /** Signed cookies that are valid now: the four for the tile host, and `_strava_CloudFront-Expires`. */
  issueCookies(overrides?: IssueOverrides): Record<string, string>;
  /** All signed cookies issued so far become invalid (403 InvalidKey). */
  revokeKeyPair(): void;
  /** Ends all sessions; a refresh then gets the response `as`. Signed cookies stay valid. */
  endSession(as: EndedSession): void;
  /** Starts a session, returns its value and turns off the switch `endedSession`. */
  startNewSession(): string;
  /** Clears counters, requests and switches, and starts a session unless `sessionValue` is valid. */
  reset(): void;
  /** Cuts open connections and releases the ports. */
  close(): Promise<void>;
}

/** Starts the three hosts; resolves when all of them listen. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const state = newState(options.cookieLifetimeSeconds ?? 86_400, options.now ?? Date.now);
  const web = webHost(state);
  const oldAnonymous = oldAnonymousHost(state);
  const listeners = await Promise.all([
    listen(tileHosts(state), options.tilesPort ?? 0, state),
    listen(
      () => web,
      options.webPort ?? 0,
      state,
      (request) => (isControl(request) ? controlResponse(simulator, request) : undefined),
    ),
    listen(() => oldAnonymous, options.anonymousPort ?? 0, state),
  ]);
  const [tilesUrl, webUrl, anonymousUrl] = listeners.map(({ url }) => url);
  Object.assign(state.addresses, { tilesUrl, webUrl, anonymousUrl });
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
    endSession: (as) => sessions.endAll(as),
    startNewSession() {
      switches.endedSession = null;
      return sessions.start();
    },
    reset() {
      resetCounters(counters);
      requests.length = 0;
      Object.assign(switches, defaultSwitches());
      if (sessions.stateOf(sessions.current) !== 'valid') sessions.start();
    },
    close,
  };
}
