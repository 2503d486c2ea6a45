/** Well-formed requests that the gateway must refuse, and bytes that are not valid HTTP. */
import type { Random } from '../../support/run/random.js';
import type { SoakRequest } from '../soak-request.js';
import type { Key } from './keys.js';

type Refused = readonly [path: string, statuses: readonly number[], more?: Partial<Refusal>];

interface Refusal {
  readonly method: string;
  readonly reports: boolean;
  /** Headers in place of the valid key. */
  readonly headers: Readonly<Record<string, string>>;
}

const KVP = '/wmts?SERVICE=WMTS&VERSION=1.0.0&REQUEST=GetTile&STYLE=default&FORMAT=image/png';
const WRONG_KEY = 'unknown-api-key';
const reports = true;

/** `key` is valid. */
export function refusedRequest({ value }: Key, random: Random): SoakRequest {
  const cases: readonly Refused[] = [
    ['/xyz/all/hot/3/4/2.png', [401], { headers: {} }],
    ['/xyz/all/hot/3/4/2.png', [401], { headers: { 'x-api-key': WRONG_KEY } }],
    ['/xyz/all/hot/3/4/2.png', [401], { headers: { authorization: 'Basic !!!' } }],
    [`/xyz/all/hot/3/4/2.png?key=${WRONG_KEY}`, [401]],
    [`/k/${WRONG_KEY}/xyz/all/hot/3/4/2.png`, [401], { headers: {} }],
    ['/wmts?SERVICE=WMTS&REQUEST=GetCapabilities', [401], { headers: {}, reports }],
    ['/metrics', [401], { headers: {} }],
    ['/nothing/here', [404]],
    ['/xyz/none/hot/3/4/2.png', [404]],
    ['/xyz/all/none/3/4/2.png', [404]],
    ['/xyz/all/hot/3/8/2.png', [404]],
    ['/xyz/all/hot/17/8/2.png', [404]],
    ['/xyz/all/hot/3/4/2.jpg', [404]],
    ['/xyz/all/hot/3/4/2@3x.png', [404]],
    ['/xyz/all/hot/three/4/2.png', [400]],
    ['/xyz/all/hot/3/4/2%2epng', [400]],
    ['/xyz/all/hot/3/..%2f..%2fetc/2.png', [400]],
    ['/tms/1.0.0/all-hot/3/-1/2.png', [404]],
    ['/identified/globalheat/all/hot/3/4/2.png?px=257', [400]],
    ['/wmts/1.0.0/all-hot/other/GoogleMapsCompatible/3/2/4.png', [404]],
    ['/xyz/all/hot/3/4/2.png', [405], { method: 'DELETE' }],
    ['/xyz/all/hot/3/4/2.png', [405], { method: 'PROPFIND' }],
    ['/wmts?REQUEST=GetCapabilities', [400], { reports }],
    ['/wmts?SERVICE=WFS&REQUEST=GetTile', [400], { reports }],
    ['/wmts?SERVICE=WMTS&REQUEST=GetFeatureInfo', [501], { reports }],
    [
      `${KVP}&LAYER=none&TILEMATRIXSET=GoogleMapsCompatible&TILEMATRIX=3&TILEROW=2&TILECOL=4`,
      [400],
      { reports },
    ],
    [
      `${KVP}&LAYER=all-hot&TILEMATRIXSET=GoogleMapsCompatible&TILEMATRIX=3&TILEROW=9&TILECOL=4`,
      [400],
      { reports },
    ],
  ];
  const [path, statuses, more] = random.pick(cases);
  return {
    route: 'refused requests',
    method: more?.method ?? 'GET',
    path,
    headers: more?.headers ?? { 'x-api-key': value },
    shown: path,
    expected: { kind: 'status', statuses, reports: more?.reports ?? false },
  };
}

/** Bytes for one connection, and the status of the response. */
export interface InvalidBytes {
  readonly name: string;
  readonly bytes: Buffer;
  readonly status: number;
  /** Whether the gateway must answer; it may wait for the rest of an incomplete request. */
  readonly answered: boolean;
}

export function invalidBytes(port: number, random: Random): InvalidBytes {
  const host = `Host: 127.0.0.1:${port}\r\n`;
  const highBytes = Array.from({ length: 60 }, () => 128 + random.below(128));
  const answered: readonly (readonly [name: string, text: string, status: number])[] = [
    ['a TLS ClientHello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['random bytes', String.fromCharCode(...highBytes), 400],
    ['an unknown HTTP version', `GET / HTTP/9.9\r\n${host}\r\n`, 400],
    ['a header without a colon', `GET / HTTP/1.1\r\n${host}nonsense\r\n\r\n`, 400],
    [
      'two Content-Length headers',
      `GET / HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`,
      400,
    ],
    ['headers without an end', `GET / HTTP/1.1\r\n${host}X-Long: ${'x'.repeat(20_000)}`, 431],
    [
      'a target that is not a path',
      `GET http://elsewhere.example/ HTTP/1.1\r\n${host}Connection: close\r\n\r\n`,
      400,
    ],
  ];
  const unfinished: typeof answered = [
    ['no bytes', '', 408],
    ['an incomplete head', `GET /xyz/all/hot/3/4/2.png HTTP/1.1\r\n${host.slice(0, 9)}`, 408],
    [
      'an incomplete body',
      `POST /xyz/all/hot/3/4/2.png HTTP/1.1\r\n${host}Content-Length: 1000\r\n\r\nx`,
      405,
    ],
  ];
  const entry = random.pick([...answered, ...unfinished]);
  const [name, text, status] = entry;
  const bytes = Buffer.from(text, 'latin1');
  return { name, bytes, status, answered: answered.includes(entry) };
}
