import { HOST_NAMES, type HostName } from '../switches.js';

/** What became of a request for fresh cookies; `fault` when a fault was played instead of an answer. */
export type RefreshOutcome = 'issued' | 'no-session' | 'redirect' | 'no-cookies' | 'error' | 'fault';

/** Everything the hosts count. Requests to `/_simulator/` are not counted. */
export interface Counters {
  requests: Record<HostName, number>;
  /** Answers by status; status 0 stands for a connection that was cut or left hanging without one. */
  statuses: Record<HostName, Record<number, number>>;
  inFlight: Record<HostName, number>;
  /** An answer takes no time by itself: set a latency to see how much a client does at once. */
  maxInFlight: Record<HostName, number>;
  /** Requests to the tile host by `sport/color/z/x/y/size`, whatever the answer was. */
  tiles: Record<string, number>;
  /** The same for the anonymous host. */
  anonymousTiles: Record<string, number>;
  /** GET and HEAD of the page that issues the signed cookies. */
  refreshes: { total: number } & Record<RefreshOutcome, number>;
  logins: { total: number; succeeded: number };
  revocations: number;
}

const perHost = <T>(make: () => T): Record<HostName, T> =>
  Object.fromEntries(HOST_NAMES.map((name) => [name, make()])) as Record<HostName, T>;

export function newCounters(): Counters {
  return {
    requests: perHost(() => 0),
    statuses: perHost(() => ({})),
    inFlight: perHost(() => 0),
    maxInFlight: perHost(() => 0),
    tiles: {},
    anonymousTiles: {},
    refreshes: { total: 0, issued: 0, 'no-session': 0, redirect: 0, 'no-cookies': 0, error: 0, fault: 0 },
    logins: { total: 0, succeeded: 0 },
    revocations: 0,
  };
}

/** Back to zero in place; requests that are still open stay counted as in flight. */
export function resetCounters(counters: Counters): void {
  const { inFlight } = counters;
  Object.assign(counters, newCounters(), { inFlight, maxInFlight: { ...inFlight } });
}

/** Adds one under a name that may be new. */
export function countUp(counts: Record<string | number, number>, name: string | number): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
