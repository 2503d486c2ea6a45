/** Texts as other programs write them, with the cookies of Strava among others. */
import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { domainOf, expiryOf } from '../../../../src/strava-cookies/cookie-file/cookie-entry.js';
import { CookieFileError } from '../../../../src/strava-cookies/cookie-file/cookie-file-error.js';
import { parseCookies } from '../../../../src/strava-cookies/cookie-file/cookie-file.js';
import { KNOWN_COOKIES } from '../../../../src/strava-cookies/cookie-names.js';
import { edited, LEAK, secretText } from '../../../support/properties/arbitraries.js';
import { holds, outcome } from '../../../support/properties/holds.js';

const SESSION = 'o1jq2canaryv8k3m5n7p9r1t';
const POLICY = 'eyJTdGF0-ZW1lbnQ_iOlt7~canary__';
const cookies = [
  ['sp', 'unrelated'],
  ['_strava4_session', SESSION],
  ['CloudFront-Policy', POLICY],
] as const;
const expiry = 1_893_456_000;
const iso = new Date(expiry * 1000).toISOString();
const json = JSON.stringify;
const header = cookies.map((pair) => pair.join('=')).join('; ');
const url = 'https://www.strava.com/maps/global-heatmap';

/** Files whose entries have a domain and an expiry. */
const EXPORTS: Record<string, string> = {
  'Playwright, storageState': json({
    cookies: cookies.map(([name, value]) => ({
      name,
      value,
      domain: '.strava.com',
      path: '/',
      expires: expiry,
      httpOnly: true,
      secure: true,
      sameSite: 'Lax',
    })),
    origins: [{ origin: 'https://www.strava.com', localStorage: [{ name: 'theme', value: 'dark' }] }],
  }),
  'Cookie Quick Manager': json(
    cookies.map(([name, value]) => ({
      'Host raw': 'https://.strava.com/',
      'Name raw': name,
      'Path raw': '/',
      'Content raw': value,
      Expires: '01-01-2030 00:00:00',
      'Expires raw': String(expiry),
      'Send for raw': 'true',
      'HTTP only raw': 'true',
      'SameSite raw': 'no_restriction',
      'This domain only': 'Valid for subdomains',
      'Store raw': 'firefox-default',
      'First Party Domain': '',
    })),
    null,
    2,
  ),
  'Chrome DevTools Protocol, Network.getAllCookies': json({
    id: 1,
    result: {
      cookies: cookies.map(([name, value]) => ({
        name,
        value,
        domain: '.strava.com',
        expires: expiry + 0.5,
      })),
    },
  }),
  'Selenium, get_cookies': json(
    cookies.map(([name, value]) => ({
      domain: '.strava.com',
      expiry,
      httpOnly: true,
      name,
      path: '/',
      value,
    })),
  ),
  'Selenium, printed by Python': `[${cookies
    .map(
      ([name, value]) =>
        `{'domain': '.strava.com', 'expiry': ${expiry}, 'httpOnly': True, 'name': '${name}', 'sameSite': None, 'value': '${value}'}`,
    )
    .join(', ')}]`,
  'Puppeteer, printed by Node.js': `[\n${cookies
    .map(
      ([name, value]) =>
        `  {\n\tname: '${name}',\n\tvalue: '${value}',\n\tdomain: '.strava.com',\n\texpires: ${expiry},\n  },\n`,
    )
    .join('')}]`,
  'tough-cookie': json({
    version: 'tough-cookie@4.1.3',
    storeType: 'MemoryCookieStore',
    cookies: cookies.map(([key, value]) => ({ key, value, domain: 'strava.com', expires: iso, path: '/' })),
  }),
  'J2TEAM Cookies': json({
    url: 'https://www.strava.com',
    cookies: cookies.map(([name, value]) => ({ name, value, domain: '.strava.com', expirationDate: expiry })),
  }),
  '.NET and PowerShell, ConvertTo-Json': json(
    cookies.map(([Name, Value]) => ({ Name, Value, Domain: '.strava.com', Path: '/', Expires: iso })),
  ),
  'Firefox, sessionstore and moz_cookies': json({
    cookies: cookies.map(([name, value]) => ({ host: '.strava.com', value, path: '/', name, expiry })),
  }),
  'JSON lines': cookies
    .map(([name, value]) => json({ name, value, domain: '.strava.com', expires: expiry }))
    .join('\n'),
  'an API that wraps its result': json({
    status: 'ok',
    data: cookies.map(([name, value]) => ({
      name,
      value,
      domain: '.strava.com',
      expirationDate: expiry * 1000,
    })),
  }),
  'cookies.txt with spaces for tabs': [
    '# Netscape HTTP Cookie File',
    ...cookies.map(([name, value]) => `.strava.com   TRUE   /   TRUE   ${expiry}   ${name}   ${value}`),
  ].join('\r\n'),
  'cookies.txt in lower case, as some scripts write it': cookies
    .map(([name, value]) => `.strava.com\ttrue\t/\ttrue\t${expiry}\t${name}\t${value}`)
    .join('\n'),
  'the storage panel of Chrome, copied': cookies
    .map(([name, value]) =>
      [name, value, '.strava.com', '/', iso, '60', '✓', '✓', 'Lax', '', '', 'Medium'].join('\t'),
    )
    .join('\n'),
  'a table with a heading': [
    'Name\tValue\tDomain\tPath\tExpires / Max-Age\tSize',
    ...cookies.map(([name, value]) => `${name}\t${value}\t.strava.com\t/\t${iso}\t60`),
  ].join('\n'),
  CSV: [
    'domain,"name","value",path,expires',
    ...cookies.map(([name, value]) => `.strava.com,"${name}","${value}",/,${expiry}`),
  ].join('\n'),
  'LWPCookieJar of Python': [
    '#LWP-Cookies-2.0',
    ...cookies.map(
      ([name, value]) =>
        `Set-Cookie3: ${name}="${value}"; path="/"; domain=".strava.com"; path_spec; domain_dot; secure; expires="${iso.slice(0, 19).replace('T', ' ')}Z"; version=0`,
    ),
  ].join('\n'),
  'Set-Cookie lines, as curl -v prints them': cookies
    .map(
      ([name, value]) =>
        `< Set-Cookie: ${name}=${value}; Domain=.strava.com; Path=/; Expires=${new Date(expiry * 1000).toUTCString()}; Secure; HttpOnly`,
    )
    .join('\r\n'),
};

/** Requests and other texts that contain the names and values. */
const PASTED: Record<string, string> = {
  'Copy as cURL (bash)': `curl '${url}' \\\n  -H 'accept: text/html' \\\n  -b '${header}' \\\n  -H 'user-agent: Mozilla/5.0'`,
  'Copy as cURL (bash) of older versions': `curl '${url}' -H 'authority: www.strava.com' -H 'cookie: ${header}' --compressed`,
  'curl with --cookie': `curl --cookie "${header}" ${url}`,
  'Copy as cURL (cmd)': `curl ^"${url}^" ^\r\n  -H ^"accept: text/html^" ^\r\n  -b ^"${header}^" ^\r\n  -H ^"sec-ch-ua: ^\\^"Chromium^\\^"^"`,
  'Copy as PowerShell': [
    '$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession',
    '$session.UserAgent = "Mozilla/5.0"',
    ...cookies.map(
      ([name, value]) =>
        `$session.Cookies.Add((New-Object System.Net.Cookie("${name}", "${value}", "/", ".strava.com")))`,
    ),
    `Invoke-WebRequest -UseBasicParsing -Uri "${url}" \``,
    '-WebSession $session `',
    '-Headers @{',
    '"method"="GET"',
    '}',
  ].join('\r\n'),
  'Copy as fetch (Node.js)': `fetch("${url}", ${json({ headers: { accept: '*/*', cookie: header, Referer: 'https://www.strava.com/' }, body: null, method: 'GET' }, null, 2)});`,
  'request headers, copied raw': `GET /maps/global-heatmap HTTP/1.1\r\nHost: www.strava.com\r\nAccept: text/html\r\nCookie: ${header}\r\nDNT: 1\r\n\r\n`,
  'request headers of HTTP/2': `:authority: www.strava.com\n:method: GET\n:path: /maps\naccept: */*\ncookie: ${header}\nuser-agent: Mozilla/5.0`,
  'request headers with each name above its value': `:authority\nwww.strava.com\ncookie\n${header}\nuser-agent\nMozilla/5.0`,
  wget: `wget --header="Cookie: ${header}" ${url}`,
  HTTPie: `http GET ${url} 'Cookie:${header}' Accept:text/html`,
  'Python, requests': `cookies = {\n${cookies.map(([name, value]) => `    '${name}': '${value}',`).join('\n')}\n}\nrequests.get('${url}', cookies=cookies)`,
  'a repr of Python': `<RequestsCookieJar[${cookies.map(([name, value]) => `<Cookie ${name}=${value} for .strava.com/>`).join(', ')}]>`,
  'a chat, in a code block': `\`\`\`text\n${header}\n\`\`\``,
  'two cells of a table': cookies.map(([name, value]) => `${name}\t${value}`).join('\n'),
  YAML: cookies.map(([name, value]) => `${name}: ${value}`).join('\n'),
  HAR: json({
    log: {
      version: '1.2',
      entries: [
        {
          request: {
            url,
            headers: [{ name: 'Accept', value: '*/*' }],
            queryString: [{ name: 'q', value: 'no-cookie' }],
            cookies: cookies.map(([name, value]) => ({ name, value })),
          },
          response: { cookies: [] },
        },
      ],
    },
  }),
  'HAR without lists of cookies': json({
    log: {
      entries: [{ request: { url, cookies: [], headers: [{ name: 'cookie', value: header }] } }],
    },
  }),
  'Firefox, cookies of a request': json({ 'Request Cookies': Object.fromEntries(cookies) }),
  'Firefox, cookies of a response': json({
    'Response Cookies': Object.fromEntries(
      cookies.map(([name, value]) => [name, { value, path: '/', httpOnly: true }]),
    ),
  }),
  'HTTPie, session file': json({
    __meta__: { about: 'HTTPie session file' },
    cookies: Object.fromEntries(cookies.map(([name, value]) => [name, { value, expires: null, path: '/' }])),
  }),
  'a script, names to values': json(Object.fromEntries(cookies)),
  'JSON in a JSON string': json(json(cookies.map(([name, value]) => ({ name, value })))),
  'headers as JSON': json({ headers: { Cookie: header } }),
};

const known = (text: string) =>
  parseCookies(text)
    .entries.filter(({ name }) => KNOWN_COOKIES.includes(name))
    .map(({ name, value }) => [name, value]);
const EXPECTED = cookies.slice(1);

describe('the cookies are found', () => {
  it.each(Object.entries({ ...EXPORTS, ...PASTED }))('in %s', (_name, text) => {
    expect(known(text)).toEqual(EXPECTED);
    expect(known(`\uFEFF\r\n${text.replaceAll(/\r?\n/g, '\r\n')}\r\n`)).toEqual(EXPECTED);
  });

  it.each(Object.entries(EXPORTS))('in %s, with domain and expiry', (_name, text) => {
    const session = parseCookies(text).entries.find(({ name }) => name === '_strava4_session')!;
    expect(domainOf(session)).toBe('strava.com');
    expect(Math.trunc(expiryOf(session)! / 1000)).toBe(expiry);
  });

  it.each([
    ['a request', PASTED['Copy as cURL (bash)']!],
    ['PowerShell', PASTED['Copy as PowerShell']!],
    ['raw headers', PASTED['request headers of HTTP/2']!],
    ['HAR', PASTED['HAR']!],
  ])('in %s, with the domain', (_name, text) => {
    expect(parseCookies(text).entries.map(domainOf)).toContainEqual(
      expect.stringMatching(/^(www\.)?strava\.com$/),
    );
  });

  it('in several requests, each with its own domain', () => {
    const text = `curl 'https://example.org/' -b 'CloudFront-Policy=other'\n${PASTED['Copy as cURL (bash)']!}`;
    const domains = parseCookies(text).entries.map((entry) => [entry.value, domainOf(entry)]);
    expect(domains).toEqual([
      ['other', 'example.org'],
      [SESSION, 'www.strava.com'],
      [POLICY, 'www.strava.com'],
    ]);
  });
});

describe('a session is found', () => {
  it.each([
    ['alone', SESSION],
    ['in double quotes', `"${SESSION}"`],
    ['in single quotes', `'${SESSION}'\n`],
    ['in typographic quotes', `“${SESSION}”`],
    ['in quotes within quotes', `'"${SESSION}"'`],
    ['with its name', `_strava4_session=${SESSION}`],
    ['with its name and a quoted value', `_strava4_session="${SESSION}"`],
    ['with its name and a colon', `_strava4_session: ${SESSION}`],
    ['with its name in JSON style', `"_strava4_session": "${SESSION}",`],
    ['with its name, percent-encoded', `_strava4_session%3D${SESSION}`],
    ['with its name, after spaces', `_strava4_session   ${SESSION}`],
    ['as a header', `Cookie: _strava4_session=${SESSION}`],
    ['with a semicolon', `${SESSION};`],
    ['with zero-width spaces', `\u200B${SESSION}\uFEFF`],
    ['as a line of an env file', `STRAVA_SESSION="${SESSION}"`],
    ['as an exported variable', `export STRAVA_SESSION='${SESSION}'`],
    ['as a variable of cmd', `set STRAVA_SESSION=${SESSION}`],
    ['as a variable of PowerShell', `$env:STRAVA_SESSION = "${SESSION}"`],
    ['as an option of Docker', `docker run -e STRAVA_SESSION=${SESSION} image`],
    ['as a line of Compose', `STRAVA_SESSION: ${SESSION}`],
    ['as a setting', `stravaSession: '${SESSION}'`],
  ])('%s', (_name, text) => {
    expect(known(text)).toEqual([['_strava4_session', SESSION]]);
  });

  it.each([
    ['a value that DevTools has cut off', `_strava4_session: ${SESSION}…`],
    ['a value with a lone quote', `"${SESSION}`],
    ['two words', `${SESSION} ${SESSION}`],
    ['a variable that is not expanded', '${STRAVA_SESSION}'],
    ['a tag', `<${SESSION}>`],
  ])('in no text with %s', (_name, text) => {
    expect(() => parseCookies(text)).toThrow(CookieFileError);
  });
});

describe('what is no cookie is ignored', () => {
  it.each([
    ['a pair with a space', `a=b; c=d e; ${header}`, 1],
    [
      'a line of a cookies.txt',
      `.strava.com\tTRUE\t/\tTRUE\t0\t_strava4_session\t${SESSION}\n.strava.com\tTRUE`,
      1,
    ],
    ['elements of an array', json([1, null, { name: 'x' }, { name: '_strava4_session', value: SESSION }]), 3],
    ['a row of a table', `${EXPORTS['a table with a heading']!}\n\t`, 0],
  ])('%s', (_name, text, count) => {
    const { entries, passedOver } = parseCookies(text);
    expect(entries.map(({ value }) => value)).toContain(SESSION);
    expect(passedOver).toBe(count);
  });

  it('a value with a space makes no other cookie unusable', () => {
    const text = json([
      { name: 'x', value: 'a b' },
      { name: '_strava4_session', value: SESSION },
    ]);
    expect(known(text)).toEqual([['_strava4_session', SESSION]]);
  });

  it('and a number is a value', () => {
    expect(known(json([{ name: '_strava_CloudFront-Expires', value: 1893456000000 }]))).toEqual([
      ['_strava_CloudFront-Expires', '1893456000000'],
    ]);
  });
});

describe('a slip in JSON', () => {
  const good = `{"name": "_strava4_session", "value": "${SESSION}"}`;

  it.each([
    ['a trailing comma', `[\n\t${good},\n]`],
    ['a comment', `[\n// of the browser\n${good} /* the session */\n]`],
    ['a comment and a trailing comma', `[${good}, // the session\n]`],
  ])('is read: %s', (_name, text) => {
    expect(known(text)).toEqual([['_strava4_session', SESSION]]);
  });

  it.each([
    [
      'typographic quotes',
      `[\n{“name”: “_strava4_session”, “value”: “${SESSION}”}]`,
      'line 2 has typographic quotes',
    ],
    ['a missing bracket', `[\n\n${good}`, 'line 3 is not JSON'],
    ['a missing comma', `[\n${good}\n${good}]`, 'line 2 is not JSON'],
  ])('is named with its line: %s', (_name, text, words) => {
    expect(() => parseCookies(text)).toThrow(`the file looks like JSON, but is broken: ${words}`);
  });

  it('of any depth ends in words', () => {
    expect(() => parseCookies('['.repeat(100_000))).toThrow(CookieFileError);
    expect(() => parseCookies(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`)).toThrow(CookieFileError);
  });
});

describe('a text without cookies is refused', () => {
  it.each([
    [
      'fetch without cookies',
      `fetch("${url}", {"headers": {}, "credentials": "include"});`,
      /"Copy as cURL" includes/,
    ],
    [
      'HAR without cookies',
      json({ log: { entries: [{ request: { url, headers: [] } }] } }),
      /with sensitive data/,
    ],
    ['a table of other things', 'a\tb\tc\td\te\tf\tg\n1\t2\t3\t4\t5\t6\t7', /neither JSON nor a list/],
    ['curl with a file of cookies', `curl -b cookies.txt ${url}`, /neither JSON nor a list/],
    [
      'local storage',
      json({ origins: [{ localStorage: [{ name: 'a', value: 'b' }] }] }),
      /contains no cookie/,
    ],
  ])('%s', (_name, text, words) => {
    expect(() => parseCookies(text)).toThrow(words);
    expect(() => parseCookies(text)).toThrow(CookieFileError);
  });
});

describe('a file of another program', () => {
  it('is told by what it contains beside cookies', () => {
    const foreign = Object.entries({ ...EXPORTS, ...PASTED })
      .filter(([, text]) => parseCookies(text).foreign)
      .map(([name]) => name);
    expect(foreign).toContain('Playwright, storageState');
    expect(foreign).toContain('HAR');
    expect(foreign).not.toContain('Cookie Quick Manager');
    expect(foreign).not.toContain('Copy as cURL (bash)');
  });
});

it.each([
  ['arrays', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ['objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
])('%s nested deep are refused before they exhaust the stack', (_name, text) => {
  expect(outcome(CookieFileError, () => parseCookies(text))).toBeInstanceOf(CookieFileError);
});

describe('properties', () => {
  it('a damaged text of any program gives cookies, or an error without a value', () => {
    const texts = Object.values({ ...EXPORTS, ...PASTED });
    const secret = fc
      .tuple(fc.constantFrom(...texts), secretText(16))
      .map(([text, value]) => text.replaceAll(SESSION, value).replaceAll(POLICY, value));
    holds(
      fc.property(edited(secret), (text) => {
        const found = outcome(CookieFileError, () => parseCookies(text));
        if (found instanceof CookieFileError) expect(`${found.message} ${found.stack}`).not.toMatch(LEAK);
      }),
      1000,
    );
  });
});
