/** Which requests share a connection, and how the client behaves on it. Pure. */
import { OPEN_KEY } from '../credentials.js';
import { bytesOf, GET } from './http-request.js';
import { rubbishBehind } from '../malformed/malformed-http.js';
import type { Random } from '../random.js';
import { FRAMED, SINGLE } from './case-kinds.js';
import type { Shot, Volley } from '../fuzz-case.js';

/** A request in order that the answer has to be waited for, and one that is answered at once. */
const IN_ORDER = ['/health', `/?key=${OPEN_KEY}`, `/tilejson/all/hot.json?key=${OPEN_KEY}`];
const IN_ORDER_MANAGEMENT = ['/livez', '/readyz', '/metrics'];

const LONGEST_PIPELINE = 24;

export function volley(random: Random): Volley {
  const port = random.chance(0.12) ? 'management' : 'public';
  const shots = random.weighted<() => Shot[]>([
    [50, () => pipeline(random, 1 + random.int(LONGEST_PIPELINE))],
    [46, () => [random.weighted(SINGLE)(random)]],
    [4, () => behind(random, port)],
  ])();
  return {
    port,
    shots,
    inPieces: random.chance(0.1),
    farewell: random.chance(0.3) ? 'rst' : 'fin',
    patienceMs: random.pick([0, 1, 5, 20]),
    // Tries at /admin are counted by address, and there shall be some left.
    from: shots.some(({ limited }) => limited)
      ? `127.0.${random.int(250)}.${2 + random.int(250)}`
      : undefined,
  };
}

/** What may end the connection ends the pipeline too. */
function pipeline(random: Random, length: number): Shot[] {
  const shots: Shot[] = [];
  do shots.push(random.weighted(FRAMED)(random));
  while (shots.length < length && !shots.at(-1)!.mayEnd);
  return shots;
}

function behind(random: Random, port: Volley['port']): Shot[] {
  const target = random.pick(port === 'public' ? IN_ORDER : IN_ORDER_MANAGEMENT);
  return [
    { kind: 'in order, rubbish behind', bytes: bytesOf(GET(target)), method: 'GET', due: 'served' },
    rubbishBehind(random),
  ];
}
