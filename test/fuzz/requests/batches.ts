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

const LONGEST_PIPELINE = 24;

export function batch(random: Random): Batch {
  const port = random.chance(0.12) ? 'management' : 'public';
  const cases = random.weighted<() => FuzzCase[]>([
    [50, () => pipeline(random, 1 + random.below(LONGEST_PIPELINE))],
    [46, () => [random.weighted(SINGLE)(random)]],
    [4, () => validThenGarbage(random, port)],
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

function validThenGarbage(random: Random, port: Batch['port']): FuzzCase[] {
  const target = random.pick(port === 'public' ? VALID : VALID_MANAGEMENT);
  return [
    { kind: 'valid, garbage behind', bytes: bytesOf(GET(target)), method: 'GET', expect: 'served' },
    garbageBehind(random),
  ];
}
