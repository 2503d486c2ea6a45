// What can be made to go wrong, and the check of what a test asks for.

export const HOST_NAMES = ['tiles', 'web', 'anonymous'] as const;
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

/** One way for a host to misbehave. It is played before any check of cookies or addresses. */
export interface Fault {
  kind: FaultKind;
  /** For `status`; 503 when left out. */
  status?: number;
  /** For `status`: sent as `Retry-After`. */
  retryAfterSeconds?: number;
  /** Waited before anything else happens, with any kind; `latency` alone waits 250. */
  latencyMs?: number;
  /** Good for the next so many requests; until changed when left out. */
  times?: number;
}

/** How the web host treats a login session that has ended. */
export const FACES = ['redirect', 'no-cookies', 'error'] as const;
export type Face = (typeof FACES)[number];

export interface Switches {
  tiles: Fault;
  web: Fault;
  anonymous: Fault;
  /** When set, every session counts as ended and shows this face. */
  deadSession: Face | null;
  /** The form login answers with a captcha page. */
  captcha: boolean;
  /** The tile host answers 403 to everything, good cookies or not. */
  refuseAll: boolean;
  /** Both tile hosts have no heat anywhere. */
  emptyEverywhere: boolean;
}

/** All switches off. */
export function quietSwitches(): Switches {
  return {
    tiles: { kind: 'none' },
    web: { kind: 'none' },
    anonymous: { kind: 'none' },
    deadSession: null,
    captcha: false,
    refuseAll: false,
    emptyEverywhere: false,
  };
}

/** The fault for the request at hand; counts `times` down and turns the fault off after the last. */
export function takeFault(switches: Switches, host: HostName): Fault {
  const fault = switches[host];
  if (fault.times === undefined) return fault;
  if (fault.times <= 0) return (switches[host] = { kind: 'none' });
  switches[host] = fault.times === 1 ? { kind: 'none' } : { ...fault, times: fault.times - 1 };
  return fault;
}

/** Merges `patch` into `switches`, all or nothing. Returns a sentence when `patch` is not acceptable. */
export function mergeSwitches(switches: Switches, patch: unknown): string | undefined {
  if (!isObject(patch)) return 'The switches must be a JSON object.';
  for (const [key, value] of Object.entries(patch)) {
    const complaint = complaintAbout(key, value);
    if (complaint !== undefined) return complaint;
  }
  Object.assign(switches, patch);
  return undefined;
}

function complaintAbout(key: string, value: unknown): string | undefined {
  if (HOST_NAMES.some((name) => name === key)) return complaintAboutFault(key, value);
  if (key === 'deadSession') {
    if (value === null || FACES.some((face) => face === value)) return undefined;
    return `"deadSession" must be null or one of ${FACES.join(', ')}.`;
  }
  if (key in quietSwitches()) {
    return typeof value === 'boolean' ? undefined : `"${key}" must be true or false.`;
  }
  return `There is no switch "${key}"; known are ${Object.keys(quietSwitches()).join(', ')}.`;
}

const FAULT_NUMBERS = ['status', 'retryAfterSeconds', 'latencyMs', 'times'];

function complaintAboutFault(host: string, value: unknown): string | undefined {
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
