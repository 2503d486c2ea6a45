/** Which requests share a connection, and how the client behaves on it. Pure. */
import { bytesOf, GET } from '../../support/http/http-request.js';
import type { Random } from '../../support/run/random.js';
import { OPEN_KEY } from '../credentials.js';
import type { Batch, FuzzCase } from '../fuzz-case.js';
import { garbageBehind } from '../malformed/malformed-http.js';
import { FRAMED, SINGLE } from './case-kinds.js';

/** Valid requests: the response takes a moment for some and is immediate for others. */
const VALID = ['/health', `/?key=${OPEN_KEY}`, `/tilejson/all/hot.json?key=${OPEN_KEY}`];
const VALID_MANAGEMENT = ['/livez', '/readyz', '/metrics'];

/** The management listener has no API keys, so it answers to names of this machine only. */
const HOSTS: Record<Batch['port'], string> = { public: 'gateway.example', management: 'localhost' };

const LONGEST_PIPELINE = 24;
const BURST = 'pipelining burst';

/** Sent on another connection during a burst: it must be answered. */
export const LIVEZ: Batch = {
  port: 'management',
  cases: [{ kind: '/livez during a burst', bytes: bytesOf(GET('/livez')), method: 'GET', expect: 'served' }],
  inPieces: false,
  disconnect: 'fin',
  abandonAfterMs: 0,
  from: undefined,
};

export const isBurst = ({ cases }: Batch): boolean => cases[0]!.kind === BURST;

export function batch(random: Random): Batch {
  const port = random.chance(0.12) ? 'management' : 'public';
  const cases = random.weighted<() => FuzzCase[]>([
    [500, () => pipeline(random, 1 + random.below(LONGEST_PIPELINE))],
    [460, () => [random.weighted(SINGLE)(random)]],
    [40, () => validThenGarbage(random, port)],
    [4, () => burst(random, port)],
  ])();
  return {
    port,
    cases,
    inPieces: random.chance(0.1),
    disconnect: random.chance(0.3) ? 'rst' : 'fin',
    abandonAfterMs: random.pick([0, 1, 5, 20]),
    // The rate limit of /admin counts by client address; many addresses keep most requests below it.
    from: cases.some(({ limited }) => limited)
      ? `127.0.${random.below(250)}.${2 + random.below(250)}`
      : undefined,
  };
}

/** A request that may end the connection is the last one. */
function pipeline(random: Random, length: number): FuzzCase[] {
  const cases: FuzzCase[] = [];
  do cases.push(random.weighted(FRAMED)(random));
  while (cases.length < length && !cases.at(-1)!.mayEnd);
  return cases;
}

/** More requests in one write than the gateway answers on one connection. */
function burst(random: Random, port: Batch['port']): FuzzCase[] {
  const target = random.pick([...(port === 'public' ? VALID : VALID_MANAGEMENT), '/nothing']);
  const burstCase: FuzzCase = {
    kind: BURST,
    bytes: bytesOf(GET(target)),
    method: 'GET',
    expect: 'answered',
    limited: true,
  };
  return Array<FuzzCase>(50 + random.below(500)).fill(burstCase);
}

function validThenGarbage(random: Random, port: Batch['port']): FuzzCase[] {
  const target = random.pick(port === 'public' ? VALID : VALID_MANAGEMENT);
  return [
    {
      kind: 'valid, garbage behind',
      bytes: bytesOf(GET(target), HOSTS[port]),
      method: 'GET',
      expect: 'served',
    },
    garbageBehind(random),
  ];
}
