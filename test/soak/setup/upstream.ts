/** The simulator's three hosts on fixed ports; they can close and open again with the same state. */
import { setMaxListeners } from 'node:events';
import { oldAnonymousHost } from '../../simulator/hosts/anonymous-host.js';
import { tileHosts } from '../../simulator/hosts/tile-host.js';
import { webHost } from '../../simulator/hosts/web-host.js';
import type { Counters } from '../../simulator/server/counters.js';
import type { Host } from '../../simulator/server/host.js';
import { listen, type Listener } from '../../simulator/server/listener.js';
import { newState, type State } from '../../simulator/state.js';
import type { EndedSession, Switches } from '../../simulator/switches.js';

export interface UpstreamOptions {
  /** Of the tile host, the web host and the old host of anonymous tiles. */
  readonly ports: readonly [tiles: number, web: number, anonymous: number];
  readonly cookieLifetimeSeconds: number;
  /** Called with every cookie that the web host sets, before the response is sent. */
  readonly issued: (name: string, value: string) => void;
}

export class Upstream {
  readonly urls: { readonly tiles: string; readonly web: string; readonly anonymous: string };
  private readonly state: State;
  private listeners: readonly Listener[] = [];
  private issuedAt = -Infinity;
  private onIssue: () => void = () => undefined;

  constructor(private readonly options: UpstreamOptions) {
    // Every delayed response of the simulator listens for the one signal of its closing listener.
    setMaxListeners(1000);
    this.state = newState(options.cookieLifetimeSeconds, Date.now);
    const [tiles, web, anonymous] = options.ports.map((port) => `http://127.0.0.1:${port}`);
    this.urls = { tiles: tiles!, web: web!, anonymous: anonymous! };
    Object.assign(this.state.addresses, { tilesUrl: tiles, webUrl: web, anonymousUrl: anonymous });
  }

  get switches(): Switches {
    return this.state.switches;
  }

  /** Applies to cookies that are issued from now on. */
  set cookieLifetimeSeconds(seconds: number) {
    Object.assign(this.state, { cookieLifetimeSeconds: seconds });
  }

  get counters(): Counters {
    return this.state.counters;
  }

  /** The value of `_strava4_session` for the latest session. */
  get sessionValue(): string {
    return this.state.sessions.current;
  }

  /** Opens the listeners; sessions, key pair and counters are kept from before. */
  async open(): Promise<void> {
    const { ports, issued } = this.options;
    const { state } = this;
    const web = reportingIssued(webHost(state), (name, value) => {
      this.issuedAt = performance.now();
      issued(name, value);
      this.onIssue();
    });
    const oldAnonymous = oldAnonymousHost(state);
    const hosts = [tileHosts(state), () => web, () => oldAnonymous];
    this.listeners = await Promise.all(hosts.map((hostFor, i) => listen(hostFor, ports[i]!, state)));
  }

  /** Cuts all connections and refuses new ones. */
  async close(): Promise<void> {
    await Promise.all(this.listeners.map((listener) => listener.close()));
  }

  /** All signed cookies issued so far become invalid. */
  revokeKeyPair(): void {
    this.state.signer.revoke();
  }

  /** Whether no refresh is in flight and no cookies were issued a moment ago. */
  get hasNoRecentRefresh(): boolean {
    return this.counters.inFlight.web === 0 && performance.now() - this.issuedAt > RECENT_MS;
  }

  /** Resolves when the next cookies have been issued; one caller at a time. */
  nextIssue(): Promise<void> {
    return new Promise((resolve) => (this.onIssue = resolve));
  }

  /** Ends all sessions; a refresh then gets the response `as`. */
  endSessions(as: EndedSession): void {
    this.state.sessions.endAll(as);
  }

  startSession(): string {
    return this.state.sessions.start();
  }

  /** Number of requests for the tile of that name, at both tile hosts. */
  requestsFor(tile: string): number {
    const { tiles, anonymousTiles } = this.state.counters;
    return (tiles[tile] ?? 0) + (anonymousTiles[tile] ?? 0);
  }
}

const RECENT_MS = 500;

function reportingIssued(host: Host, issued: UpstreamOptions['issued']): Host {
  return {
    ...host,
    respond(request) {
      const response = host.respond(request);
      for (const line of [response.headers['Set-Cookie'] ?? []].flat()) {
        const [, name, value] = /^([^=]+)=([^;]+)/.exec(String(line)) ?? [];
        if (name !== undefined && value !== undefined) issued(name, value);
      }
      return response;
    },
  };
}
