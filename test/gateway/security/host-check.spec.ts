/** Which hosts a gateway without API keys answers to. */
import { describe, expect, it } from '@jest/globals';
import type { GatewayOptions, RunningGateway } from '../../support/gateway.js';
import { rawRequest } from '../../support/raw-request.js';
import { sendBytes } from '../../support/http/send-bytes.js';
import { withSimulator } from '../../support/with-gateway.js';

const setup = withSimulator({ per: 'suite' });
const TILE = '/xyz/all/hot/1/0/0.png';
const KEYS = { keys: ['a-key'] };
/** Of a web page that makes its own name point at this machine. */
const FOREIGN = [
  'evil.example',
  'evil.example:8080',
  '192.168.178.20:8080',
  '0.0.0.0',
  'gateway',
  'x.ngrok.app',
];

const start = (env: GatewayOptions['env'] = {}, options: GatewayOptions = {}) =>
  setup.start({ cookies: 'full', ...options, env });
const statusFor = async (url: string, host: string, path = TILE, headers = {}) =>
  (await rawRequest(url, path, { ...headers, Host: host })).status;
const warnings = (gateway: RunningGateway) =>
  gateway.log().match(/a proxy or tunnel forwards requests/g)?.length ?? 0;

describe('without API keys on a loopback address', () => {
  it.each([
    'localhost',
    'LOCALHOST:1',
    'localhost.',
    'gateway.localhost:8080',
    '127.0.0.1',
    '127.8.9.1:80',
    '[::1]:8080',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
  ])('the host %s is accepted', async (host) => {
    const { url } = await start();
    for (const path of [TILE, '/', '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities'])
      expect([path, await statusFor(url, host, path)]).toEqual([path, 200]);
  });

  it.each([...FOREIGN, 'localhost.evil.example'])(
    'the host %s is refused at every path, and causes no request upstream',
    async (host) => {
      const { url } = await start();
      const before = setup.simulator.requests.length;
      for (const path of [TILE, '/', '/wmts', '/presets', '/health', '/metrics', '/admin/status', '/none'])
        expect([path, await statusFor(url, host, path)]).toEqual([path, 421]);
      expect(setup.simulator.requests).toHaveLength(before);
    },
  );

  it.each([
    ['application/problem+json', TILE, {}],
    ['application/problem+json', '/', { Accept: 'application/json' }],
    ['text/html; charset=utf-8', '/', { Accept: 'text/html,*/*;q=0.8' }],
    ['application/xml', '/wmts?SERVICE=WMTS&REQUEST=GetCapabilities', {}],
    ['application/xml', '/?SERVICE=WMTS&REQUEST=GetCapabilities', {}],
    ['application/xml', '/wmts/1.0.0/WMTSCapabilities.xml', { Accept: 'application/xml' }],
  ])('the refusal is %s at %s for %j, and says what to set', async (type, path, headers) => {
    const { url } = await start();
    const { status, head, body } = await rawRequest(url, path, { ...headers, Host: 'evil.example' });
    expect([status, /^content-type: (.*)$/im.exec(head)?.[1]?.trim()]).toEqual([421, type]);
    expect(head).toMatch(/cache-control: no-store/i);
    expect(body).toMatch(/PUBLIC_URL.*API_KEYS_FILE/s);
  });

  it.each(['localhost@evil.example', 'evil host', '<evil>', 'localhost,evil.example'])(
    'the malformed host %s is refused with 400',
    async (host) => {
      const { url } = await start();
      for (const path of [TILE, '/', '/wmts'])
        expect([path, await statusFor(url, host, path)]).toEqual([path, 400]);
    },
  );

  it('a request without Host, as probes of HTTP/1.0 send it, and an empty one are accepted', async () => {
    const { url } = await start();
    for (const head of ['HTTP/1.0', 'HTTP/1.1\r\nHost:\r\nConnection: close']) {
      const request = Buffer.from(`GET ${TILE} ${head}\r\n\r\n`);
      const { bytes } = await sendBytes(new URL(url), request, AbortSignal.timeout(10_000));
      expect(bytes.toString('latin1')).toMatch(/^HTTP\/1\.1 200 /);
    }
  });

  it('probes are answered for any host', async () => {
    const { url } = await start();
    for (const path of ['/livez', '/readyz'])
      expect(await statusFor(url, '10.244.0.17:8080', path)).toBe(200);
  });

  it('the host of PUBLIC_URL is accepted, with any port, and others are still refused', async () => {
    const { url } = await start({ PUBLIC_URL: 'https://Maps.Example:8443/heat' });
    for (const host of ['maps.example', 'MAPS.example.:443', 'maps.example:8443', 'localhost'])
      expect([host, await statusFor(url, host)]).toEqual([host, 200]);
    for (const host of [...FOREIGN, 'x.maps.example', 'maps.example.evil.example'])
      expect([host, await statusFor(url, host)]).toEqual([host, 421]);
  });

  it('no forwarded host replaces Host, whether a proxy is trusted or not', async () => {
    const forwarded = { 'X-Forwarded-Host': 'localhost', Forwarded: 'host=localhost' };
    for (const env of [{}, { TRUST_PROXY: 'loopback' }]) {
      const { url } = await start(env);
      expect(await statusFor(url, 'evil.example', TILE, forwarded)).toBe(421);
      // The proxy decides for which hosts it forwards.
      expect(await statusFor(url, 'localhost', TILE, { 'X-Forwarded-Host': 'maps.example' })).toBe(200);
    }
  });

  it('AUTH_MODE=open makes no difference', async () => {
    const { url } = await start({ AUTH_MODE: 'open' });
    expect([await statusFor(url, 'evil.example'), await statusFor(url, 'localhost')]).toEqual([421, 200]);
  });

  it('the refusals are counted, and the log has the host', async () => {
    const running = await start();
    await statusFor(running.url, 'evil.example');
    const metrics = await (await fetch(`${running.url}/metrics`)).text();
    expect(metrics).toContain('heatmap_auth_rejections_total{reason="host"} 1');
    expect(running.log()).toContain('The request is for the host \\"evil.example\\"');
  });

  it('the browser extension reads the refusal of its push, and pushes to an accepted host', async () => {
    const origin = 'chrome-extension://abcdefghijklmnop';
    const { url } = await start({ ADMIN_KEY: 'an-admin-key-0123456789' });
    const headers = { Origin: origin, Authorization: 'Bearer an-admin-key-0123456789' };
    const refused = await rawRequest(url, '/admin/status', { ...headers, Host: 'evil.example' });
    expect(refused.status).toBe(421);
    expect(refused.head).toContain(`access-control-allow-origin: ${origin}`);
    expect(await statusFor(url, 'localhost:8080', '/admin/status', headers)).toBe(200);
  });
});

describe('a host is of no concern', () => {
  it('with API keys', async () => {
    const { url } = await start({}, { keys: KEYS });
    for (const host of FOREIGN) expect(await statusFor(url, host, `${TILE}?key=a-key`)).toBe(200);
  });

  it('on an address of the network, which the operator has opened', async () => {
    const { url } = await start({ HOST: '0.0.0.0', AUTH_MODE: 'open' });
    for (const host of [...FOREIGN, 'maps.example']) expect(await statusFor(url, host)).toBe(200);
  });
});

describe('the management listener', () => {
  it('on a loopback address refuses other hosts, even with API keys, but not for probes', async () => {
    const { managementUrl } = await start({ MANAGEMENT_PORT: '0' }, { keys: KEYS });
    const url = managementUrl!;
    expect(await statusFor(url, 'evil.example', '/metrics')).toBe(421);
    expect(await statusFor(url, 'localhost:9090', '/metrics')).toBe(200);
    expect(await statusFor(url, 'evil.example', '/readyz')).toBe(200);
  });

  it('on another address answers to any host, while the public listener does not', async () => {
    const { url, managementUrl } = await start({ MANAGEMENT_PORT: '0', MANAGEMENT_HOST: '0.0.0.0' });
    expect(await statusFor(managementUrl!, '10.244.0.17:9090', '/metrics')).toBe(200);
    expect(await statusFor(url, '10.244.0.17:8080')).toBe(421);
  });

  it('is on MANAGEMENT_HOST', async () => {
    const { url, managementUrl } = await start({ MANAGEMENT_PORT: '0', MANAGEMENT_HOST: '127.0.0.2' });
    expect(new URL(managementUrl!).hostname).toBe('127.0.0.2');
    expect(new URL(url).hostname).toBe('127.0.0.1');
    expect(await statusFor(managementUrl!, '127.0.0.2', '/livez')).toBe(200);
  });
});

describe('a forwarded request to a gateway without API keys', () => {
  it.each([
    ['ngrok', { 'X-Forwarded-For': '203.0.113.9', 'X-Forwarded-Host': 'x.ngrok.app' }],
    ['cloudflared', { 'Cf-Connecting-Ip': '203.0.113.9', 'Cf-Ray': '8a' }],
    ['a proxy of RFC 7239', { Forwarded: 'for=203.0.113.9' }],
    ['a proxy of RFC 9110', { Via: '1.1 squid' }],
    ['nginx', { 'X-Real-IP': '203.0.113.9' }],
    ['Tailscale', { 'Tailscale-User-Login': 'a@example.org' }],
  ])('by %s causes one warning', async (_name, headers) => {
    const running = await start();
    expect(await statusFor(running.url, 'localhost')).toBe(200);
    expect(warnings(running)).toBe(0);
    for (let i = 0; i < 3; i++) expect(await statusFor(running.url, 'localhost', TILE, headers)).toBe(200);
    expect(warnings(running)).toBe(1);
    expect(running.log()).not.toContain('203.0.113.9');
  });

  it('causes a warning on any address, but not if the proxy is trusted or keys are required', async () => {
    const forwarded = { 'X-Forwarded-For': '203.0.113.9' };
    for (const [env, keys, count] of [
      [{ HOST: '0.0.0.0', AUTH_MODE: 'open' }, undefined, 1],
      [{ TRUST_PROXY: 'loopback' }, undefined, 0],
      [{}, KEYS, 0],
    ] as const) {
      const running = await start(env, { keys });
      await statusFor(running.url, 'localhost', TILE, forwarded);
      expect(warnings(running)).toBe(count);
    }
  });
});
