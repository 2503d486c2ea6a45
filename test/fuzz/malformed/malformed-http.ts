/** Bytes that are not valid HTTP/1.1; each case uses a connection of its own. Pure. */
import type { Random } from '../../support/run/random.js';
import type { FuzzCase } from '../fuzz-case.js';
import { CHUNKS, LENGTHS, SMUGGLING } from './body.js';
import { draft, MAY_END, post, SMUGGLED, type Draft, type Family } from './draft.js';
import { HEADER_NAMES, HOSTS, LINE_ENDS, METHODS, SIZES, TARGETS, UPGRADES, VERSIONS } from './head.js';
import { ABANDONED, NOISE, OTHER_PROTOCOLS } from './not-http.js';

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
  [8, ABANDONED],
];

export function malformedHttp(random: Random): FuzzCase {
  const [kind, drafts] = random.weighted(FAMILIES);
  return caseOf(kind, random.pick(drafts)(random));
}

/** Bytes behind a valid request, whose response must come first and complete. */
export function garbageBehind(random: Random): FuzzCase {
  return caseOf(
    'garbage behind a request',
    random.pick([
      () => draft('refused', `\0\x01\x02garbage\r\n\r\n${random.noise(200)}`, MAY_END),
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
        draft('refused', post('Transfer-Encoding: chunked\r\n', 'zz\r\n\r\n'), {
          maxResponses: 2,
          mayEnd: true,
        }),
    ])(),
  );
}

const caseOf = (kind: string, { text, ...rest }: Draft): FuzzCase => ({
  method: 'GET',
  ...rest,
  kind,
  bytes: Buffer.from(text, 'latin1'),
  // Failed requests to /admin count towards its rate limit.
  limited: true,
});
