/** The simulator's three hosts, put together so that they can go away and come back as they were. */
import { setMaxListeners } from 'node:events';
import { anonymousHost } from '../../simulator/hosts/anonymous-host.js';
import type { Counters } from '../../simulator/server/counters.js';
import type { Host } from '../../simulator/server/exchange.js';
import { listen, type Listener } from '../../simulator/server/listener.js';
import { newState, type State } from '../../simulator/state.js';
import type { Face, Switches } from '../../simulator/switches.js';
import { tileHost } from '../../simulator/hosts/tile-host.js';
import { webHost } from '../../simulator/hosts/web-host.js';

export interface UpstreamOptions {
  /** Of the tile host, the web host and the anonymous host. */
  readonly ports: readonly [tiles: number, web: number, anonymous: number];
  readonly cookieLifetimeSeconds: number;
  /** Learns every cookie that the web host sets, before it is sent. */
  readonly issued: (name: string, value: string) => void;
}

export class Upstream {
  readonly urls: { readonly tiles: string; readonly web: string; readonly anonymous: string };
  private readonly state: State;
  private listeners: readonly Listener[] = [];
  private issuedAt = -Infinity;
  private tellIssue: () => void = () => undefined;

  constructor(private readonly options: UpstreamOptions) {
    // Every answer that the simulator delays waits for the one signal of its listener's end.
    setMaxListeners(1000);
    this.state = newState(options.cookieLifetimeSeconds, Date.now);
    const [tiles, web, anonymous] = options.ports.map((port) => `http://127.0.0.1:${port}`);
    this.urls = { tiles: tiles!, web: web!, anonymous: anonymous! };
    Object.assign(this.state.addresses, { tilesUrl: tiles, webUrl: web, anonymousUrl: anonymous });
  }

  get switches(): Switches {
    return this.state.switches;
  }

  /** Of cookies that are issued from now on. */
  set cookieLifetimeSeconds(seconds: number) {
    Object.assign(this.state, { cookieLifetimeSeconds: seconds });
  }

  get counters(): Counters {
    return this.state.counters;
  }

  /** The value of `_strava4_session` for the session that was started last. */
  get sessionValue(): string {
    return this.state.sessions.current;
  }

  /** Opens the listeners: sessions, key pair and counters are those of before. */
  async plugIn(): Promise<void> {
    const { ports, issued } = this.options;
    const { state } = this;
    const web = tellingIssued(webHost(state), (name, value) => {
      this.issuedAt = performance.now();
      issued(name, value);
      this.tellIssue();
    });
    const hosts = [tileHost(state), web, anonymousHost(state)];
    this.listeners = await Promise.all(hosts.map((host, i) => listen(host, ports[i]!, state)));
  }

  /** Cuts every connection; from here on connections are refused. */
  async unplug(): Promise<void> {
    await Promise.all(this.listeners.map((listener) => listener.close()));
  }

  /** All signed cookies issued so far become invalid. */
  revokeKeyPair(): void {
    this.state.signer.revoke();
  }

  /** Whether for some time nobody has asked for cookies, so that none are on their way. */
  get quiet(): boolean {
    return this.counters.inFlight.web === 0 && performance.now() - this.issuedAt > QUIET_MS;
  }

  /** Resolves when the next cookies have been issued; one may wait at a time. */
  nextIssue(): Promise<void> {
    return new Promise((resolve) => (this.tellIssue = resolve));
  }

  /** All sessions end and show `face`. */
  endSessions(face: Face): void {
    this.state.sessions.endAll(face);
  }

  startSession(): string {
    return this.state.sessions.start();
  }

  /** How often the tile of that name has been asked for, at either host. */
  asked(tile: string): number {
    const { tiles, anonymousTiles } = this.state.counters;
    return (tiles[tile] ?? 0) + (anonymousTiles[tile] ?? 0);
  }
}

const QUIET_MS = 500;

function tellingIssued(host: Host, issued: UpstreamOptions['issued']): Host {
  return {
    ...host,
    answer(asked) {
      const answer = host.answer(asked);
      for (const line of [answer.headers['Set-Cookie'] ?? []].flat()) {
        const [, name, value] = /^([^=]+)=([^;]+)/.exec(String(line)) ?? [];
        if (name !== undefined && value !== undefined) issued(name, value);
      }
      return answer;
    },
  };
}
