import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { UNLIMITED } from '../../src/access/scope.js';
import { TrustedProxies } from '../../src/config/index.js';
import { documentLinks, linkTo, type DocumentLinks } from '../../src/http/answers/document-links.js';
import { HttpProblem } from '../../src/http/errors/http-problem.js';
import { edited, oddText, recased } from './arbitraries.js';
import { holds, outcome } from './holds.js';

type Request = Parameters<typeof documentLinks>[0];
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
                  .map((one) => (style.protoFirst ? pairsOf(one).toReversed() : pairsOf(one)).join(style.gap))
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
      const access = { keyId: 'alice', repeat: { form: came, key: presented }, scope: UNLIMITED };
      const links = linksOf({ host: said }, false, access);
      if (links instanceof HttpProblem) throw links;
      const url = new URL(linkTo(links, '/xyz/0.png'));
      expect(url.host).toBe(new URL(`http://${said}`).host);
      expect(url.pathname).toBe(came === 'path' ? `/k/${presented}/xyz/0.png` : '/xyz/0.png');
      expect(url.search).toBe(came === 'query' ? `?key=${presented}` : '');
    }),
  );
});
