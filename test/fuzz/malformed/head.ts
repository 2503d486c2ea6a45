/** Requests with an invalid head: line ends, header names, hosts, sizes, targets, versions, methods. Pure. */
import type { Random } from '../../support/run/random.js';
import { OPEN_KEY } from '../credentials.js';
import { draft, get, HOST, MAY_END, post, PUBLIC, put, type Family } from './draft.js';

export const LINE_ENDS: Family = [
  'line ends',
  [
    (random) => draft('refused', `GET ${random.pick(PUBLIC)} HTTP/1.1\nHost: a\n\n`),
    (random) => draft('refused', `GET ${random.pick(PUBLIC)} HTTP/1.1\rHost: a\r\r`),
    (random) => draft('refused', get(random, 'X-A: b\nX-B: c\r\n')),
    (random) => draft('refused', get(random, 'X-A: b\rX-B: c\r\n')),
    (random) => draft('refused', get(random, 'X-A: b\r\r\n')),
    (random) => draft('refused', get(random, 'X-A: b\r\n folded\r\n')),
    (random) => draft('refused', get(random, 'X-A: b\r\n\tfolded\r\n')),
    (random) => draft('refused', get(random, ' X-A: b\r\n')),
    (random) => draft('answered', '\r\n'.repeat(1 + random.below(100)) + get(random, '')),
    (random) => draft('refused', `GET ${random.pick(PUBLIC)} HTTP/1.1\r\n\nHost: a\r\n\r\n`, MAY_END),
  ],
];

export const HEADER_NAMES: Family = [
  'header names',
  [
    (random) => draft('refused', get(random, 'X A: b\r\n')),
    (random) => draft('refused', get(random, 'X-A : b\r\n')),
    (random) => draft('refused', get(random, ': b\r\n')),
    (random) => draft('refused', get(random, 'X-A\r\n')),
    (random) => draft('refused', get(random, 'X-A\0: b\r\n')),
    (random) => draft('refused', get(random, 'X\x80: b\r\n')),
    (random) => draft('refused', get(random, '"X": b\r\n')),
    (random) => draft('refused', get(random, '(X): b\r\n')),
    (random) => draft('refused', get(random, 'X-A: a\0b\r\n')),
    (random) => draft('refused', get(random, 'X-A: a\x01\x7f\r\n')),
    (random) => draft('answered', get(random, 'X::::b\r\n')),
    (random) => draft('answered', get(random, `${random.text('abc!#$%&*+.^_`|~', 2000)}: b\r\n`)),
  ],
];

export const HOSTS: Family = [
  'hosts',
  [
    (random) => draft('answered', `GET ${random.pick(PUBLIC)} HTTP/1.1\r\n\r\n`),
    (random) => draft('answered', `GET ${random.pick(PUBLIC)} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`),
    (random) => draft('answered', `GET ${random.pick(PUBLIC)} HTTP/1.1\r\nHost:\r\n\r\n`),
    () => draft('refused', `GET /?key=${OPEN_KEY} HTTP/1.1\r\n\r\n`),
    () => draft('refused', `GET /?key=${OPEN_KEY} HTTP/1.1\r\nHost: a b\r\n\r\n`),
    () => draft('refused', `GET /?key=${OPEN_KEY} HTTP/1.1\r\nHost: \r\nHost: b\r\n\r\n`),
    () => draft('refused', `GET /tms/1.0.0?key=${OPEN_KEY} HTTP/1.0\r\n\r\n`),
  ],
];

export const SIZES: Family = [
  'large sizes',
  [
    // The gateway may close the connection before it has read all; the response can then be lost.
    (random) => draft('refused', get(random, `X-A: ${'a'.repeat(20_480)}\r\n`), MAY_END),
    (random) => draft('refused', get(random, `${'a'.repeat(20_480)}: b\r\n`), MAY_END),
    (random) => draft('answered', get(random, 'X-A: b\r\n'.repeat(2500)), MAY_END),
    (random) => draft('refused', get(random, `Cookie: ${'a=b; '.repeat(13_000)}\r\n`), MAY_END),
    () => draft('refused', `GET /${'a'.repeat(20_480)} HTTP/1.1\r\n${HOST}\r\n`, MAY_END),
    () => draft('refused', `GET /?${'a=b&'.repeat(5120)} HTTP/1.1\r\n${HOST}\r\n`, MAY_END),
    () => draft('refused', `${'A'.repeat(20_480)} / HTTP/1.1\r\n${HOST}\r\n`, MAY_END),
    (random) => draft('answered', get(random, 'a: b\r\n'.repeat(2000))),
    (random) => draft('answered', get(random, 'a:\r\n'.repeat(3000))),
    () => draft('refused', `GET /${'a/'.repeat(7500)} HTTP/1.1\r\n${HOST}\r\n`),
    () => draft('refused', `GET /xyz/${'a'.repeat(14_000)}/hot/5/1/1.png HTTP/1.1\r\n${HOST}\r\n`),
    (random) => draft('answered', `GET ${random.pick(PUBLIC)}?${'a&'.repeat(7500)} HTTP/1.1\r\n${HOST}\r\n`),
  ],
];

export const TARGETS: Family = [
  'request targets',
  [
    (random) =>
      draft('refused', `CONNECT ${random.pick(['a:80', '/livez', '*'])} HTTP/1.1\r\n${HOST}\r\n`, MAY_END),
    () => draft('refused', `CONNECT upstream.example:443 HTTP/1.1\r\n${HOST}\r\n\x16\x03\x01hello`, MAY_END),
    () => draft('answered', `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`),
    () => draft('refused', `GET * HTTP/1.1\r\n${HOST}\r\n`),
    () => draft('refused', `GET http://gateway.example/health HTTP/1.1\r\n${HOST}\r\n`),
    () => draft('refused', `GET http://user:pass@upstream.example:80/ HTTP/1.1\r\n${HOST}\r\n`),
    () => draft('refused', `GET file:///etc/passwd HTTP/1.1\r\n${HOST}\r\n`, MAY_END),
    () => draft('refused', `GET javascript:alert(1) HTTP/1.1\r\n${HOST}\r\n`, MAY_END),
    () => draft('refused', `GET health HTTP/1.1\r\n${HOST}\r\n`),
    () => draft('answered', `GET  /health HTTP/1.1\r\n${HOST}\r\n`),
    () => draft('answered', `GET /health  HTTP/1.1\r\n${HOST}\r\n`),
    () => draft('refused', `GET /health x HTTP/1.1\r\n${HOST}\r\n`),
    () => draft('refused', `GET /health\tHTTP/1.1\r\n${HOST}\r\n`),
    () => draft('refused', `GET /health\xa0x HTTP/1.1\r\n${HOST}\r\n`),
    () => draft('refused', `GET /health\0 HTTP/1.1\r\n${HOST}\r\n`),
    () => draft('refused', `GET HTTP/1.1\r\n${HOST}\r\n`, MAY_END),
  ],
];

export const VERSIONS: Family = [
  'versions',
  [
    (random) => draft('answered', `GET ${random.pick(PUBLIC)}\r\n\r\n`),
    (random) => draft('unfinished', `GET ${random.pick(PUBLIC)}\r\n`),
    (random) => draft('answered', get(random, '', '1.0')),
    (random) => draft('answered', get(random, 'Connection: keep-alive\r\n', '1.0')),
    (random) => draft('answered', get(random, 'Transfer-Encoding: chunked\r\nConnection: close\r\n', '1.0')),
    (random) => draft('answered', get(random, '', '2.0')),
    ...['1.2', '1.10', '3.0', '9.9', '0.9', '1', '1.', 'x.y', '-1.1', '01.1', '1.1 '].map(
      (version) => (random: Random) => draft('answered', get(random, '', version)),
    ),
    () => draft('refused', `GET /health http/1.1\r\n${HOST}\r\n`),
    () => draft('refused', `GET /health HTTPS/1.1\r\n${HOST}\r\n`),
    () => draft('refused', `GET /health ICY/1.0\r\n${HOST}\r\n`),
    () => draft('refused', `SOURCE /health ICE/1.0\r\n${HOST}\r\n`, MAY_END),
    () => draft('refused', 'OPTIONS rtsp://a/b RTSP/1.0\r\nCSeq: 1\r\n\r\n', MAY_END),
    () => draft('refused', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    () => draft('refused', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x64'),
    () => draft('refused', `PRI * HTTP/1.1\r\n${HOST}\r\n`),
  ],
];

export const METHODS: Family = [
  'methods',
  [
    ...[
      'get',
      'Get',
      'GETT',
      'GE',
      'BREW',
      'X',
      '',
      ' GET',
      'G\0T',
      'GET\t',
      '\xff',
      'GET,POST',
      '__proto__',
    ].map((method) => () => draft('refused', `${method} /health HTTP/1.1\r\n${HOST}\r\n`)),
    () => draft('refused', `TRACE /health HTTP/1.1\r\n${HOST}X-Secret: echo\r\n\r\n`),
    () => draft('refused', `TRACK /health HTTP/1.1\r\n${HOST}\r\n`),
    () => draft('refused', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', MAY_END),
  ],
];

export const UPGRADES: Family = [
  'upgrades and expectations',
  [
    ...['websocket', 'h2c', 'TLS/1.2', 'h2c, websocket', '', '\xff', 'a'.repeat(5000)].map(
      (protocol) => (random: Random) =>
        draft(
          'answered',
          get(
            random,
            `Connection: Upgrade, HTTP2-Settings\r\nUpgrade: ${protocol}\r\nSec-WebSocket-Version: 13\r\n` +
              'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n',
          ),
        ),
    ),
    ...['100-continue', '100-Continue', '200-ok', 'miracle', '', '\xff', '100-continue, miracle'].map(
      (expectation) => (random: Random) => draft('answered', get(random, `Expect: ${expectation}\r\n`)),
    ),
    () => draft('answered', `HEAD /health HTTP/1.1\r\n${HOST}Expect: miracle\r\n\r\n`, { method: 'HEAD' }),
    () => draft('refused', put('Expect: 100-continue\r\nContent-Length: 5\r\n', 'hello')),
    () => draft('refused', post('Expect: 100-continue\r\nContent-Length: 5\r\n', 'hello')),
  ],
];
