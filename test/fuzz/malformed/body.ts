/** Requests with an invalid body length or invalid chunks. Pure. */
import { draft, get, MAY_END, post, put, SMUGGLED, type Family } from './draft.js';

export const LENGTHS: Family = [
  'content lengths',
  [
    ...[
      '-1',
      '+5',
      '0x5',
      '5 5',
      '5,5',
      '5;',
      '5.0',
      '1e1',
      'five',
      '\xb2',
      '99999999999999999999999',
      '18446744073709551616',
    ].map((length) => () => draft('refused', post(`Content-Length: ${length}\r\n`, 'hello'))),
    () => draft('refused', post('Content-Length: 5\r\nContent-Length: 5\r\n', 'hello')),
    () => draft('refused', post('Content-Length: 5\r\nContent-Length: 50\r\n', 'hello')),
    () => draft('refused', post('content-length: 0\r\nCONTENT-LENGTH: 5\r\n', 'hello')),
    () => draft('answered', post('Content-Length: 005\r\n', 'hello')),
    // The bytes behind the announced body are the next request.
    () => draft('refused', post('Content-Length: 2\r\n', 'hello\r\n\r\n'), { maxResponses: 2 }),
    // A length above the limit is refused before the body arrives.
    () => draft('refused', put('Content-Length: 262145\r\n', 'hello')),
    () => draft('refused', put('Content-Length: 9007199254740991\r\n', 'hello')),
    (random) => draft('answered', get(random, 'Content-Length: 0\r\n')),
  ],
];

export const SMUGGLING: Family = [
  'request smuggling',
  [
    () =>
      draft('refused', post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${SMUGGLED}`)),
    () =>
      draft('refused', post('Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', `0\r\n\r\n${SMUGGLED}`)),
    () =>
      draft('refused', post('Content-Length: 0\r\nTransfer-Encoding: identity\r\n', `0\r\n\r\n${SMUGGLED}`)),
    () =>
      draft('refused', post('Transfer-Encoding : chunked\r\nContent-Length: 5\r\n', `0\r\n\r\n${SMUGGLED}`)),
    () =>
      draft('refused', post('Transfer-Encoding:\x0bchunked\r\nContent-Length: 5\r\n', `hello${SMUGGLED}`), {
        maxResponses: 2,
      }),
    () =>
      draft('refused', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'), {
        maxResponses: 2,
      }),
    ...['xchunked', 'chunked, identity', 'identity', '"chunked"', 'chunked;q=1', 'cow', ''].map(
      (coding) => () =>
        draft('refused', post(`Transfer-Encoding: ${coding}\r\n`, '0\r\n\r\n'), { maxResponses: 2 }),
    ),
    () =>
      draft('answered', post('Transfer-Encoding: CHUNKED\r\n', '0\r\n\r\n'), {
        maxResponses: 2,
      }),
    () => draft('answered', post('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n')),
  ],
];

export const CHUNKS: Family = [
  'chunks',
  [
    ...[
      'zz\r\nhello\r\n0\r\n\r\n',
      '-5\r\nhello\r\n0\r\n\r\n',
      '0x5\r\nhello\r\n0\r\n\r\n',
      '5 \r\nhello\r\n0\r\n\r\n',
      '5\nhello\n0\n\n',
      '5\r\nhelloworld\r\n0\r\n\r\n',
      'ffffffffffffffffffff\r\nhello\r\n0\r\n\r\n',
      '5;a="b\r\nhello\r\n0\r\n\r\n',
      `5;${'a'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`,
      `${'1;a=b\r\nx\r\n'.repeat(1800)}0\r\n\r\n`,
      `0\r\nX A: trailer\r\n\r\n`,
      `0\r\n${'X: trailer\r\n'.repeat(2500)}\r\n`,
    ].flatMap((body) => [
      () => draft('refused', post('Transfer-Encoding: chunked\r\n', body), { maxResponses: 2 }),
      () => draft('refused', put('Transfer-Encoding: chunked\r\n', body), { maxResponses: 2 }),
    ]),
    () => draft('refused', post('Transfer-Encoding: chunked\r\n', '5;a=b\r\nhello\r\n0\r\nX: t\r\n\r\n')),
    () => draft('refused', put('Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n0\r\nX: t\r\n\r\n')),
    () =>
      draft(
        'refused',
        put('Transfer-Encoding: chunked\r\n', `${'8000\r\n' + 'x'.repeat(0x8000)}\r\n`.repeat(9)),
        MAY_END,
      ),
  ],
];
