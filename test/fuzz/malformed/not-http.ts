/** Bytes that are not HTTP, and requests that are cut off. Pure. */
import type { Random } from '../../support/run/random.js';
import { OPEN_KEY } from '../credentials.js';
import { draft, get, HOST, MAY_END, post, put, type Draft, type Family } from './draft.js';

export const OTHER_PROTOCOLS: Family = [
  'other protocols',
  [
    (random) => draft('refused', `\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03${random.noise(500)}`, MAY_END),
    () => draft('refused', 'SSH-2.0-OpenSSH_9.6\r\n', MAY_END),
    () => draft('refused', 'EHLO mail.example\r\n', MAY_END),
    () => draft('refused', '*1\r\n$4\r\nPING\r\n', MAY_END),
    () => draft('refused', '\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x03\0\0\0', MAY_END),
    () => draft('refused', '\0\0\0\x85\xffSMBr\0\0\0\0', MAY_END),
    () => draft('refused', 'PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\nGET /health HTTP/1.1\r\n\r\n', MAY_END),
    () => draft('refused', '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c', MAY_END),
    () => draft('refused', '<policy-file-request/>\0', MAY_END),
    () => draft('refused', '{"jsonrpc":"2.0","method":"x","id":1}\n', MAY_END),
    () => draft('refused', '\x05\x01\0', MAY_END),
  ],
];

export const NOISE: Family = [
  'binary noise',
  [
    // Bytes that start like a request may be waiting for the rest of it.
    (random) => draft('unfinished', random.noise(random.pick([4, 64, 1024, 8192]))),
    (random) => draft('unfinished', `GET / HTTP/1.1\r\n${random.noise(500)}`),
    (random) => draft('unfinished', `${get(random, '')}${random.noise(500)}`, { maxResponses: 50 }),
    (random) => draft('unfinished', '\0'.repeat(1 + random.below(20_000))),
    (random) => draft('unfinished', '\r\n'.repeat(1 + random.below(5000))),
  ],
];

export const ABANDONED: Family = [
  'abandoned requests',
  [
    () => draft('unfinished', ''),
    (random) => cut(random, get(random, 'X-A: b\r\n')),
    (random) =>
      cut(random, `GET /xyz/all/hot/5/1/1.png HTTP/1.1\r\n${HOST}X-Nothing: ${'a'.repeat(9000)}\r\n\r\n`),
    (random) => cut(random, post('Content-Length: 5000\r\n', 'x'.repeat(4999)), 2),
    (random) => cut(random, put('Content-Length: 5000\r\n', 'x'.repeat(4999)), 2),
    (random) => cut(random, put('Transfer-Encoding: chunked\r\n', '5\r\nhello\r\nffff\r\nhel'), 2),
    (random) => cut(random, put('Expect: 100-continue\r\nContent-Length: 5\r\n', ''), 2),
    // Complete, but the client closes the connection without waiting for the response.
    (random) => draft('unfinished', get(random, '')),
    () => draft('unfinished', `GET /?key=${OPEN_KEY} HTTP/1.1\r\n${HOST}\r\n`),
    () => draft('unfinished', `GET /wmts/1.0.0/WMTSCapabilities.xml?key=${OPEN_KEY} HTTP/1.1\r\n${HOST}\r\n`),
    () => draft('unfinished', put('Content-Length: 5\r\n', 'hello')),
  ],
];

/** The text up to a random position. */
function cut(random: Random, text: string, maxResponses = 1): Draft {
  return draft('unfinished', text.slice(0, 1 + random.below(text.length - 1)), { maxResponses });
}
