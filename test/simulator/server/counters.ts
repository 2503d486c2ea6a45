import { HOST_NAMES, type HostName } from '../switches.js';

/** The outcome of a refresh; `fault` when a fault replaced the response. */
export type RefreshOutcome =
  'issued' | 'onboarding' | 'no-session' | 'redirect' | 'no-cookies' | 'error' | 'fault';

/** The counters of all hosts. Requests to `/_simulator/` are not counted. */
export interface Counters {
  requests: Record<HostName, number>;
  /** Responses by status; 0 for a connection that was cut or stalled without a response. */
  statuses: Record<HostName, Record<number, number>>;
  inFlight: Record<HostName, number>;
  /** Responses take no time by default; set a latency to measure the concurrency of a client. */
  maxInFlight: Record<HostName, number>;
  /** Requests to the tile host by `sport/color/z/x/y/size`, whatever the response. */
  tiles: Record<string, number>;
  /** The same for both sources of anonymous tiles. */
  anonymousTiles: Record<string, number>;
  /** GET and HEAD requests for the pages that issue the signed cookies. */
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
    refreshes: {
      total: 0,
      issued: 0,
      onboarding: 0,
      'no-session': 0,
      redirect: 0,
      'no-cookies': 0,
      error: 0,
      fault: 0,
    },
    logins: { total: 0, succeeded: 0 },
    revocations: 0,
  };
}

/** Sets all counters to zero in place, except those of requests still in flight. */
export function resetCounters(counters: Counters): void {
  const { inFlight } = counters;
  Object.assign(counters, newCounters(), { inFlight, maxInFlight: { ...inFlight } });
}

/** Increments the count of a name, which may be new. */
export function countUp(counts: Record<string | number, number>, name: string | number): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
