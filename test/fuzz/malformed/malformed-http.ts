/** What is no HTTP, nearly HTTP, or HTTP of another time; each goes over a connection of its own. Pure. */
import { draft, MAY_END, post, SMUGGLED, type Draft, type Family } from './draft.js';
import { CHUNKS, LENGTHS, SMUGGLING } from './body.js';
import { HEADER_NAMES, HOSTS, LINE_ENDS, METHODS, SIZES, TARGETS, UPGRADES, VERSIONS } from './head.js';
import { HANG_UPS, NOISE, OTHER_PROTOCOLS } from './not-http.js';
import type { Random } from '../random.js';
import type { Shot } from '../fuzz-case.js';

const FAMILIES: readonly (readonly [weight: number, family: Family])[] = [
  [4, LINE_ENDS],
  [4, HEADER_NAMES],
  [5, LENGTHS],
  [5, SMUGGLING],
  [5, CHUNKS],
  [3, HOSTS],
  [3, SIZES],
  [5, TARGETS],
  [5, VERSIONS],
  [4, METHODS],
  [4, UPGRADES],
  [3, OTHER_PROTOCOLS],
  [5, NOISE],
  [8, HANG_UPS],
];

export function malformedHttp(random: Random): Shot {
  const [name, drafts] = random.weighted(FAMILIES);
  return shotOf(name, random.pick(drafts)(random));
}

/** What follows a request that is in order: the answer to that one must come whole, and first. */
export function rubbishBehind(random: Random): Shot {
  return shotOf(
    'rubbish behind a request',
    random.pick([
      () => draft('refused', `\0\x01\x02rubbish\r\n\r\n${random.noise(200)}`, MAY_END),
      () => draft('refused', `GET /health HTTP/1.1\r\nX A: b\r\n\r\n`, MAY_END),
      () => draft('refused', `BREW / HTTP/1.1\r\n\r\n`, MAY_END),
      () => draft('refused', `GET / HTTP/1.1\r\nX: ${'a'.repeat(20_480)}\r\n\r\n`, MAY_END),
      () =>
        draft(
          'refused',
          post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${SMUGGLED}`),
          MAY_END,
        ),
      () =>
        draft('refused', post('Transfer-Encoding: chunked\r\n', 'zz\r\n\r\n'), { answers: 2, mayEnd: true }),
    ])(),
  );
}

const shotOf = (kind: string, { text, ...rest }: Draft): Shot => ({
  method: 'GET',
  ...rest,
  kind,
  bytes: Buffer.from(text, 'latin1'),
  // Tries at /admin are counted.
  limited: true,
});
