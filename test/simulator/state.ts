import { randomBytes } from 'node:crypto';
import { signIdentityToken } from './cookies/identity-token.js';
import { Sessions } from './cookies/sessions.js';
import { CookieSigner } from './cookies/signed-cookies.js';
import { newCounters, type Counters } from './server/counters.js';
import type { RecordedRequest } from './server/request-log.js';
import { defaultSwitches, type Switches } from './switches.js';

export interface Addresses {
  tilesUrl: string;
  webUrl: string;
  anonymousUrl: string;
}

/** The state that the three hosts share. */
export interface State {
  readonly addresses: Addresses;
  readonly switches: Switches;
  readonly counters: Counters;
  readonly requests: RecordedRequest[];
  readonly sessions: Sessions;
  readonly signer: CookieSigner;
  readonly identitySecret: string;
  readonly cookieLifetimeSeconds: number;
  readonly now: () => number;
}

export function newState(cookieLifetimeSeconds: number, now: () => number): State {
  return {
    addresses: { tilesUrl: '', webUrl: '', anonymousUrl: '' },
    switches: defaultSwitches(),
    counters: newCounters(),
    requests: [],
    sessions: new Sessions(),
    signer: new CookieSigner(),
    identitySecret: randomBytes(32).toString('hex'),
    cookieLifetimeSeconds,
    now,
  };
}

/** Differences of issued cookies from those of the web host. */
export interface IssueOverrides {
  /** Of the policy and of `_strava_CloudFront-Expires`; negative for expired cookies. */
  lifetimeSeconds?: number;
  /** Of `_strava_idcf` alone. */
  identityLifetimeSeconds?: number;
  /** The `Resource` of the policy; when undefined, the signed tiles of the tile host, with wildcards as Strava has them. */
  resource?: string;
}

/** Signed cookies that are valid now: the four for the tile host, and `_strava_CloudFront-Expires`. */
export function issueCookies(state: State, overrides: IssueOverrides = {}): Record<string, string> {
  const now = state.now();
  const lifetime = overrides.lifetimeSeconds ?? state.cookieLifetimeSeconds;
  const expires = Math.floor(now / 1000) + lifetime;
  const identityExpires = now + (overrides.identityLifetimeSeconds ?? lifetime) * 1000;
  return {
    ...state.signer.issue(overrides.resource ?? defaultResource(state), expires),
    _strava_idcf: signIdentityToken(state.identitySecret, now, identityExpires),
    '_strava_CloudFront-Expires': String(expires * 1000),
  };
}

/** As in the wild: `https://*content-*.strava.com/identified/*`. */
function defaultResource({ addresses }: State): string {
  const { protocol, host } = new URL(addresses.tilesUrl);
  return `${protocol}//*${host.slice(3)}/identified/*`;
}
