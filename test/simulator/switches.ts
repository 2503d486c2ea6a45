// The faults that the simulator can play, and validation of changes over HTTP.

/** `anonymous`: the anonymous tiles of the tile host. `oldAnonymous`: those of the old host. */
export const HOST_NAMES = ['tiles', 'web', 'anonymous', 'oldAnonymous'] as const;
export type HostName = (typeof HOST_NAMES)[number];

export const FAULT_KINDS = [
  'none',
  'latency',
  'status',
  'reset',
  'stall',
  'stall-body',
  'html',
  'truncated',
  'truncated-chunked',
  'oversize',
  'wrong-size',
  'wrong-type',
  'empty-body',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** A fault of one host, played before cookies and path are checked. */
export interface Fault {
  kind: FaultKind;
  /** For `status`; 503 when undefined. */
  status?: number;
  /** For `status`: sent as `Retry-After`. */
  retryAfterSeconds?: number;
  /** Delay of any kind of fault; 250 for `latency` when undefined. */
  latencyMs?: number;
  /** Number of requests that the fault applies to; all when undefined. */
  times?: number;
}

/** The response of the web host to a refresh with an ended session. */
export const ENDED_SESSIONS = ['redirect', 'no-cookies', 'error'] as const;
export type EndedSession = (typeof ENDED_SESSIONS)[number];

export interface Switches {
  tiles: Fault;
  web: Fault;
  anonymous: Fault;
  oldAnonymous: Fault;
  /** When set, every session counts as ended, with this response. */
  endedSession: EndedSession | null;
  /** The web host redirects every session that is logged in to `/onboarding`, and issues no cookies. */
  onboarding: boolean;
  /** The login form is answered with a captcha page. */
  captcha: boolean;
  /** The tile host answers 403 to every request, also with valid cookies. */
  refuseAll: boolean;
  /** Every tile is 404, anonymous or not. */
  emptyEverywhere: boolean;
}

/** All switches off. */
export function defaultSwitches(): Switches {
  return {
    tiles: { kind: 'none' },
    web: { kind: 'none' },
    anonymous: { kind: 'none' },
    oldAnonymous: { kind: 'none' },
    endedSession: null,
    onboarding: false,
    captcha: false,
    refuseAll: false,
    emptyEverywhere: false,
  };
}

/** The fault for the next request; decrements `times` and turns the fault off at the end. */
export function takeFault(switches: Switches, host: HostName): Fault {
  const fault = switches[host];
  if (fault.times === undefined) return fault;
  if (fault.times <= 0) return (switches[host] = { kind: 'none' });
  switches[host] = fault.times === 1 ? { kind: 'none' } : { ...fault, times: fault.times - 1 };
  return fault;
}

/** Merges `patch` into `switches`; returns a sentence and changes nothing when `patch` is invalid. */
export function mergeSwitches(switches: Switches, patch: unknown): string | undefined {
  if (!isObject(patch)) return 'The switches must be a JSON object.';
  for (const [key, value] of Object.entries(patch)) {
    const problem = switchProblem(key, value);
    if (problem !== undefined) return problem;
  }
  Object.assign(switches, patch);
  return undefined;
}

function switchProblem(key: string, value: unknown): string | undefined {
  if (HOST_NAMES.some((name) => name === key)) return faultProblem(key, value);
  if (key === 'endedSession') {
    if (value === null || ENDED_SESSIONS.some((face) => face === value)) return undefined;
    return `"endedSession" must be null or one of ${ENDED_SESSIONS.join(', ')}.`;
  }
  if (key in defaultSwitches()) {
    return typeof value === 'boolean' ? undefined : `"${key}" must be true or false.`;
  }
  return `There is no switch "${key}"; known are ${Object.keys(defaultSwitches()).join(', ')}.`;
}

const FAULT_NUMBERS = ['status', 'retryAfterSeconds', 'latencyMs', 'times'];

function faultProblem(host: string, value: unknown): string | undefined {
  if (!isObject(value)) return `"${host}" must be an object with a "kind".`;
  const { kind, ...numbers } = value;
  if (!FAULT_KINDS.some((known) => known === kind)) {
    return `"${host}.kind" must be one of ${FAULT_KINDS.join(', ')}.`;
  }
  for (const [key, number] of Object.entries(numbers)) {
    if (!FAULT_NUMBERS.includes(key))
      return `A fault has no "${key}"; known are ${FAULT_NUMBERS.join(', ')}.`;
    if (!Number.isInteger(number) || Number(number) < 0) return `"${host}.${key}" must be a whole number.`;
  }
  const status = numbers['status'];
  if (status !== undefined && (Number(status) < 200 || Number(status) > 599)) {
    return `"${host}.status" must lie between 200 and 599.`;
  }
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
