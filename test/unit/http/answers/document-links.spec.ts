import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { type Access, UNLIMITED } from '../../../../src/access/index.js';
import { TrustedProxies } from '../../../../src/config/index.js';
import {
  DocumentLinker,
  type DocumentLinks,
  linkTo,
  type LinkedRequest,
} from '../../../../src/http/answers/document-links.js';
import { HttpProblem } from '../../../../src/http/errors/http-problem.js';
import { edited, oddText, recased } from '../../../support/properties/arbitraries.js';
import { holds, outcome } from '../../../support/properties/holds.js';

type Headers = LinkedRequest['headers'];

const documentLinks = (request: LinkedRequest, config: ConstructorParameters<typeof DocumentLinker>[0]) =>
  new DocumentLinker(config).linksFor(request);

const repeating = (repeat: Access['repeat']): Access => ({ keyId: 'alice', repeat, scope: UNLIMITED });
const NO_PROXY = new TrustedProxies(false);
const PROXY = { remoteAddress: '10.1.2.3' };
const base = (headers: Headers, trusted: boolean | string[] = true) =>
  documentLinks(
    { headers, access: null, socket: PROXY },
    { publicUrl: undefined, trustProxy: new TrustedProxies(trusted) },
  ).base;

describe('the base of the addresses in a document', () => {
  it.each([
    ['127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['map.example', 'http://map.example'],
    ['MAP.example', 'http://MAP.example'],
    ['[::1]:8080', 'http://[::1]:8080'],
    ['[2001:db8::ffff:192.0.2.1]', 'http://[2001:db8::ffff:192.0.2.1]'],
    ['a_b-c.internal:1', 'http://a_b-c.internal:1'],
  ])('is the Host of the request: %s', (host, expected) => {
    expect(base({ host }, false)).toBe(expected);
  });

  it.each([
    undefined,
    '',
    ' ',
    'evil.example/path',
    'evil.example?x',
    'evil.example#x',
    'user@evil.example',
    'a b',
    'a"onload=x',
    '<script>',
    'a,b',
    'a\\b',
    'a:b',
    'a:',
    'a:123456',
    '::1',
    '[::1',
    '[evil.example]',
    '[::1]x',
    'é.example',
    'a%0d',
    'x'.repeat(254),
  ])('is never a Host of %j, which is refused', (host) => {
    const attempt = () => base({ host }, false);
    expect(attempt).toThrow(HttpProblem);
    expect(attempt).toThrow(
      expect.objectContaining({ status: 400, detail: expect.stringContaining('PUBLIC_URL') }),
    );
  });

  it('is never a Host that has the letters of an address but is none', () => {
    for (const host of ['localhost:99999', '[::::]', '999.1.1.1'])
      expect(() => base({ host }, false)).toThrow(HttpProblem);
  });

  it('is PUBLIC_URL when that is set, with its prefix, whatever the request says', () => {
    for (const trustProxy of [true, false])
      expect(
        documentLinks(
          {
            headers: { host: 'evil host', forwarded: 'host=evil.example', 'x-forwarded-prefix': '/evil' },
            access: null,
            socket: PROXY,
          },
          { publicUrl: 'https://map.example/heat', trustProxy: new TrustedProxies(trustProxy) },
        ),
      ).toEqual({ base: 'https://map.example/heat', query: '' });
  });
});

describe('behind a proxy that is trusted', () => {
  const host = 'inside:8080';

  it.each<[string, Headers, string]>([
    ['nothing is said', {}, 'http://inside:8080'],
    ['Forwarded', { forwarded: 'for=192.0.2.1;host=map.example;proto=https' }, 'https://map.example'],
    [
      'Forwarded, quoted',
      { forwarded: 'proto="https"; host="map.example:8443"' },
      'https://map.example:8443',
    ],
    ['Forwarded in other letters', { forwarded: 'Host=map.example;PROTO=HTTPS' }, 'https://map.example'],
    ['Forwarded with IPv6', { forwarded: 'host="[2001:db8::1]:8443"' }, 'http://[2001:db8::1]:8443'],
    [
      'several proxies, of which the first is nearest to the client',
      { forwarded: 'host=map.example;proto=https, host=middle;proto=http' },
      'https://map.example',
    ],
    [
      'X-Forwarded-*',
      { 'x-forwarded-host': 'map.example', 'x-forwarded-proto': 'https', 'x-forwarded-prefix': '/heat/' },
      'https://map.example/heat',
    ],
    [
      'X-Forwarded-* of several proxies',
      { 'x-forwarded-host': 'map.example, middle', 'x-forwarded-proto': 'https,http' },
      'https://map.example',
    ],
    [
      'both, of which Forwarded counts',
      { forwarded: 'host=map.example', 'x-forwarded-host': 'other.example', 'x-forwarded-proto': 'https' },
      'https://map.example',
    ],
    ['a scheme that is none', { 'x-forwarded-proto': 'javascript' }, 'http://inside:8080'],
    ['a prefix of several parts', { 'x-forwarded-prefix': '/a/b-c.d_e~f' }, 'http://inside:8080/a/b-c.d_e~f'],
    ['a prefix of a slash', { 'x-forwarded-prefix': '/' }, 'http://inside:8080'],
    ['a prefix to elsewhere', { 'x-forwarded-prefix': '//evil.example' }, 'http://inside:8080'],
    ['a prefix without a slash', { 'x-forwarded-prefix': '.evil.example' }, 'http://inside:8080'],
    ['a prefix with markup', { 'x-forwarded-prefix': '/"><script>' }, 'http://inside:8080'],
    ['a parameter that only ends in host', { forwarded: 'ghost=evil.example' }, 'http://inside:8080'],
  ])('the base follows what the proxy says: %s', (_name, headers, expected) => {
    expect(base({ host, ...headers })).toBe(expected);
    // Not trusted, none of it counts.
    expect(base({ host, ...headers }, false)).toBe('http://inside:8080');
  });

  it.each<[string, Headers, string]>([
    [
      'nginx, $host and $server_port',
      { host: 'map.example', 'x-forwarded-proto': 'https', 'x-forwarded-port': '8443' },
      'https://map.example:8443',
    ],
    [
      'nginx, $http_host',
      { host: 'map.example:8443', 'x-forwarded-proto': 'https', 'x-forwarded-port': '8443' },
      'https://map.example:8443',
    ],
    [
      'ingress-nginx',
      {
        host: 'map.example',
        'x-forwarded-host': 'map.example',
        'x-forwarded-port': '443',
        'x-forwarded-proto': 'https',
        'x-forwarded-scheme': 'https',
        'x-scheme': 'https',
      },
      'https://map.example',
    ],
    [
      'ingress-nginx with x-forwarded-prefix, on a node port',
      {
        host: 'map.example:30443',
        'x-forwarded-host': 'map.example:30443',
        'x-forwarded-port': '443',
        'x-forwarded-proto': 'https',
        'x-forwarded-prefix': '/heat',
      },
      'https://map.example:30443/heat',
    ],
    [
      'Traefik with StripPrefix',
      {
        host: 'map.example:8443',
        'x-forwarded-host': 'map.example:8443',
        'x-forwarded-port': '8443',
        'x-forwarded-proto': 'https',
        'x-forwarded-prefix': '/heat',
        'x-forwarded-server': 'f00',
      },
      'https://map.example:8443/heat',
    ],
    [
      'HAProxy, dst_port',
      { host: 'map.example', 'x-forwarded-proto': 'https', 'x-forwarded-port': '8443' },
      'https://map.example:8443',
    ],
    [
      'HAProxy, option forwarded',
      { host: 'inside', forwarded: 'proto=https;host="map.example:8443";for=192.0.2.7' },
      'https://map.example:8443',
    ],
    [
      'Caddy',
      { host: 'map.example:8443', 'x-forwarded-host': 'map.example:8443', 'x-forwarded-proto': 'https' },
      'https://map.example:8443',
    ],
    [
      'AWS ALB',
      { host: 'map.example', 'x-forwarded-proto': 'https', 'x-forwarded-port': '443' },
      'https://map.example',
    ],
    [
      'Contour and Envoy Gateway',
      { host: 'map.example:8443', 'x-forwarded-proto': 'https', 'x-envoy-external-address': '192.0.2.7' },
      'https://map.example:8443',
    ],
    [
      'Azure Application Gateway',
      {
        host: 'inside.azurewebsites.net',
        'x-original-host': 'map.example',
        'x-forwarded-proto': 'https',
        'x-forwarded-port': '443',
      },
      'https://map.example',
    ],
    [
      'a load balancer with TLS before an nginx without',
      { host: 'map.example', 'x-forwarded-proto': 'https', 'x-forwarded-port': '80' },
      'https://map.example',
    ],
    [
      'several proxies, of which the first counts',
      { host: 'map.example', 'x-forwarded-proto': 'https, http', 'x-forwarded-port': '8443, 80' },
      'https://map.example:8443',
    ],
    ['X-Forwarded-Ssl', { host: 'map.example', 'x-forwarded-ssl': 'on' }, 'https://map.example'],
    ['Front-End-Https', { host: 'map.example', 'front-end-https': 'On' }, 'https://map.example'],
    [
      'X-Forwarded-Scheme alone',
      { host: 'map.example', 'x-forwarded-scheme': 'https' },
      'https://map.example',
    ],
    [
      'X-Forwarded-Proto before X-Forwarded-Ssl',
      { host: 'map.example', 'x-forwarded-proto': 'http', 'x-forwarded-ssl': 'on' },
      'http://map.example',
    ],
    [
      'a port beside the IPv6 address',
      { host: '[2001:db8::1]', 'x-forwarded-port': '8443' },
      'http://[2001:db8::1]:8443',
    ],
    [
      'Forwarded with a host, whose port counts',
      { host: 'inside', forwarded: 'host=map.example', 'x-forwarded-port': '8443' },
      'http://map.example',
    ],
  ])('the base is the URL of the client: %s', (_name, headers, expected) => {
    expect(base(headers)).toBe(expected);
    expect(base(headers, ['192.0.2.0/24'])).toBe(`http://${headers.host}`);
  });

  it.each<Headers>([
    { forwarded: 'host="evil.example/path"' },
    { 'x-forwarded-host': 'evil.example/path' },
    { 'x-forwarded-host': 'user@evil.example' },
    { 'x-original-host': '"><script>' },
    { 'x-forwarded-port': '99999' },
    { 'x-forwarded-port': '0' },
    { 'x-forwarded-port': '8443/evil' },
    { 'x-forwarded-port': '-1' },
    { 'x-forwarded-ssl': 'https://evil.example' },
    { 'x-forwarded-scheme': 'javascript' },
  ])('a malformed value counts as absent: %j', (headers) => {
    expect(base({ host: 'map.example', ...headers })).toBe('http://map.example');
  });
});

it('a prefix is believed up to 256 letters, since a document repeats it many times', () => {
  const prefix = (length: number) => ({ host: 'h', 'x-forwarded-prefix': `/${'a'.repeat(length - 1)}` });
  expect(base(prefix(256))).toHaveLength('http://h'.length + 256);
  expect(base(prefix(257))).toBe('http://h');
  expect(base({ host: 'h', 'x-forwarded-prefix': `/a${'/'.repeat(1024)}` })).toBe('http://h');
});

describe('a list of trusted proxies', () => {
  const headers = { host: 'inside', 'x-forwarded-host': 'map.example' };

  it.each([
    [['10.1.2.3'], 'http://map.example'],
    [['10.0.0.0/8'], 'http://map.example'],
    [['uniquelocal'], 'http://map.example'],
    [['192.0.2.0/24', '10.1.0.0/16'], 'http://map.example'],
    [['10.1.2.4'], 'http://inside'],
    [['loopback', 'linklocal'], 'http://inside'],
    [[], 'http://inside'],
  ])('%j believes the peer 10.1.2.3 or not: %s', (trusted, expected) => {
    expect(base(headers, trusted)).toBe(expected);
  });
});

describe('the key', () => {
  const of = (access: Access | null) =>
    documentLinks(
      { headers: { host: 'h' }, access, socket: PROXY },
      { publicUrl: undefined, trustProxy: NO_PROXY },
    );

  it.each([
    ['the query', repeating({ form: 'query', parameter: 'key', key: 'abc' }), 'http://h/xyz/0.png?key=abc'],
    [
      'another name',
      repeating({ form: 'query', parameter: 'access_token', key: 'abc' }),
      'http://h/xyz/0.png?access_token=abc',
    ],
    ['the path', repeating({ form: 'path', key: 'abc' }), 'http://h/k/abc/xyz/0.png'],
    ['a header', repeating(undefined), 'http://h/xyz/0.png'],
    ['nowhere, since the gateway is open', null, 'http://h/xyz/0.png'],
  ])('goes into addresses as it came, by %s', (_name, access, expected) => {
    expect(linkTo(of(access), '/xyz/0.png')).toBe(expected);
  });

  it('in the path comes after the prefix of the public address', () => {
    const links = documentLinks(
      { headers: {}, access: repeating({ form: 'path', key: 'abc' }), socket: PROXY },
      { publicUrl: 'https://map.example/heat', trustProxy: NO_PROXY },
    );
    expect(linkTo(links, '/wmts')).toBe('https://map.example/heat/k/abc/wmts');
  });
});

describe('properties', () => {
  type Request = LinkedRequest;
  type Headers = Request['headers'];

  /** The one place that knows how the settings say whether a proxy is trusted. */
  const linksOf = (
    headers: Headers,
    trusted: boolean,
    access: Request['access'] = null,
  ): DocumentLinks | HttpProblem =>
    outcome(HttpProblem, () =>
      documentLinks(
        { headers, access, socket: { remoteAddress: '192.0.2.1' } },
        { publicUrl: undefined, trustProxy: new TrustedProxies(trusted) },
      ),
    );

  const port = fc.integer({ min: 1, max: 65_535 });
  const bareHost = fc.oneof(
    fc.domain().filter((name) => name.length <= 253),
    fc.ipV4(),
    fc.ipV6().map((ip) => `[${ip}]`),
  );
  const host = fc.oneof(
    bareHost,
    fc.tuple(bareHost, port).map((parts) => parts.join(':')),
  );
  const HOSTILE = [
    'user@',
    '@evil.example',
    '/path',
    '//evil.example',
    '?x',
    '#x',
    '\r\nx: y',
    '"',
    '<script>',
    '\\',
    ':0',
    ':99999',
    '%0d%0a',
    '[::1]',
    '..',
    ',',
  ];
  const hostile = fc.oneof(
    edited(host),
    fc.tuple(host, fc.constantFrom(...HOSTILE)).map((parts) => parts.join('')),
    fc.tuple(fc.constantFrom(...HOSTILE), host).map((parts) => parts.join('')),
    oddText(),
  );
  const anyHost = fc.oneof(host, hostile);
  const proto = fc.oneof(
    recased('https'),
    recased('http'),
    fc.constantFrom('javascript', 'ftp', 'https:'),
    oddText(6),
  );
  const prefix = fc.oneof(
    fc.constantFrom(
      '/heat',
      '/a/b-c',
      '/',
      '//evil.example',
      '/../..',
      '/"><script>',
      '.evil',
      '/a b',
      '/x?y',
      '/%0a',
    ),
    edited(fc.constant('/heat/map')),
    oddText(),
  );
  const forwarded = fc
    .array(
      fc.tuple(
        fc.oneof(recased('host'), recased('proto'), recased('for'), oddText(4)),
        fc.constantFrom('=', ' = ', '="', ''),
        fc.oneof(anyHost, proto),
        fc.constantFrom(';', '; ', ',', '";', ''),
      ),
      { maxLength: 4 },
    )
    .map((parts) => parts.flat().join(''));
  const saidByProxy = fc.record(
    {
      forwarded: fc.oneof(forwarded, oddText()),
      'x-forwarded-host': anyHost,
      'x-forwarded-port': fc.oneof(port.map(String), oddText(6)),
      'x-forwarded-proto': proto,
      'x-forwarded-prefix': prefix,
    },
    { requiredKeys: [] },
  );

  /** An address that can stand in XML, in JSON, in HTML and in a header, and leads to one host only. */
  function expectAddress({ base, query }: DocumentLinks): void {
    expect(base).toMatch(
      /^https?:\/\/(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:\/[A-Za-z0-9._~-]+)*$/,
    );
    expect(query).toBe('');
    const url = new URL(base);
    expect([url.username, url.password, url.search, url.hash]).toEqual(['', '', '', '']);
  }

  function expectAddressOr400(links: DocumentLinks | HttpProblem): void {
    if (links instanceof HttpProblem) expect(links.status).toBe(400);
    else expectAddress(links);
  }

  describe('the Host of any request', () => {
    it('is the host of an address, or is refused', () => {
      holds(
        fc.property(fc.option(anyHost, { nil: undefined }), (said) => {
          const links = linksOf({ host: said }, false);
          expectAddressOr400(links);
          if (!(links instanceof HttpProblem)) expect(links.base).toBe(`http://${said}`);
        }),
        1000,
      );
    });

    it('is taken as it is when it is one', () => {
      holds(
        fc.property(host, (said) => {
          expect(linksOf({ host: said }, false)).toEqual({ base: `http://${said}`, query: '' });
        }),
      );
    });
  });

  describe('what any proxy says', () => {
    it('makes an address, or is refused', () => {
      holds(
        fc.property(anyHost, saidByProxy, (said, headers) => {
          expectAddressOr400(linksOf({ host: said, ...headers }, true));
        }),
        1000,
      );
    });

    it('does not count unless the proxy is trusted', () => {
      holds(
        fc.property(host, saidByProxy, (said, headers) => {
          expect(linksOf({ host: said, ...headers }, false)).toEqual(linksOf({ host: said }, false));
        }),
      );
    });

    it('counts as it was said, by either kind of header, and that of the first proxy', () => {
      const hop = fc.record({ host, proto: fc.oneof(recased('http'), recased('https')) });
      const styles = fc.record({
        rfc: fc.boolean(),
        quote: fc.boolean(),
        gap: fc.constantFrom(';', '; '),
        hostName: recased('host'),
        protoName: recased('proto'),
        protoFirst: fc.boolean(),
      });
      holds(
        fc.property(
          fc.array(hop, { minLength: 1, maxLength: 3 }),
          styles,
          fc.constantFrom('', '/heat', '/a/b'),
          (hops, style, path) => {
            const quoted = (text: string) => (style.quote || /[:[]/.test(text) ? `"${text}"` : text);
            const pairsOf = (one: (typeof hops)[number]) => [
              `for=192.0.2.1`,
              `${style.hostName}=${quoted(one.host)}`,
              `${style.protoName}=${quoted(one.proto)}`,
            ];
            const headers = style.rfc
              ? {
                  forwarded: hops
                    .map((one) =>
                      (style.protoFirst ? pairsOf(one).toReversed() : pairsOf(one)).join(style.gap),
                    )
                    .join(', '),
                }
              : {
                  'x-forwarded-host': hops.map((one) => one.host).join(', '),
                  'x-forwarded-proto': hops.map((one) => one.proto).join(','),
                };
            const links = linksOf({ host: 'inside:8080', ...headers, 'x-forwarded-prefix': path }, true);
            expect(links).toEqual({
              base: `${hops[0]!.proto.toLowerCase()}://${hops[0]!.host}${path}`,
              query: '',
            });
          },
        ),
        500,
      );
    });
  });

  it('a key stands in an address once, in the form in which it came, and the address stays what it was', () => {
    const key = fc.stringMatching(/^[A-Za-z0-9_-]{1,128}$/);
    const form = fc.constantFrom<'query' | 'path'>('query', 'path');
    holds(
      fc.property(host, key, form, (said, presented, came) => {
        const access = {
          keyId: 'alice',
          repeat: { form: came, parameter: 'key', key: presented },
          scope: UNLIMITED,
        };
        const links = linksOf({ host: said }, false, access);
        if (links instanceof HttpProblem) throw links;
        const url = new URL(linkTo(links, '/xyz/0.png'));
        expect(url.host).toBe(new URL(`http://${said}`).host);
        expect(url.pathname).toBe(came === 'path' ? `/k/${presented}/xyz/0.png` : '/xyz/0.png');
        expect(url.search).toBe(came === 'query' ? `?key=${presented}` : '');
      }),
    );
  });
});
