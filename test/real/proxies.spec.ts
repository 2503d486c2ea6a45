/** The documented configurations of real proxies: what a client may tell the gateway through them. */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { startSimulator, type Simulator } from '../simulator/simulator.js';
import { startGatewayProcess, type GatewayProcess } from '../support/gateway-process.js';
import { describeWith } from '../support/programs/describe-with.js';
import { freePort } from '../support/programs/free-port.js';
import { startHaproxy, startNginx, type Proxy, type ProxyOptions } from '../support/programs/proxy.js';
import { rawRequest } from '../support/raw-request.js';

const FORGED = {
  Forwarded: 'host=evil.example;proto=https;for=192.0.2.9',
  'X-Forwarded-Host': 'evil.example',
  'X-Forwarded-Proto': 'https',
  'X-Forwarded-Port': '4444',
  'X-Forwarded-Prefix': '/evil',
  'X-Forwarded-Scheme': 'https',
  'X-Forwarded-Ssl': 'on',
  'X-Original-Host': 'evil.example',
  'Front-End-Https': 'on',
};

let simulator: Simulator;
let gateway: GatewayProcess;
let proxy: Proxy | undefined;

beforeEach(async () => {
  simulator = await startSimulator();
  gateway = await startGatewayProcess(simulator, {
    env: { HOST: '0.0.0.0', AUTH_MODE: 'open', TRUST_PROXY: 'loopback' },
  });
});

afterEach(async () => {
  await proxy?.stop();
  proxy = undefined;
  await gateway.kill();
  await simulator.close();
});

/** The URL of tiles in a document that is requested with `headers` for the host map.example. */
async function tilesUrl(url: string, headers: Record<string, string>): Promise<string> {
  const { status, body } = await rawRequest(url, '/tilejson/all/hot.json', {
    Host: 'map.example',
    ...headers,
  });
  expect(status).toBe(200);
  return (JSON.parse(body) as { tiles: string[] }).tiles[0]!;
}

async function expectNoForgedUrl(start: (options: ProxyOptions) => Promise<Proxy>): Promise<void> {
  const port = await freePort();
  const backend = Number(new URL(gateway.url).port);
  proxy = await start({ port, backends: [backend, backend, backend] });
  expect(await tilesUrl(proxy.url, {})).toBe('http://map.example/xyz/all/hot/{z}/{x}/{y}.png');
  expect(await tilesUrl(proxy.url, FORGED)).toBe('http://map.example/xyz/all/hot/{z}/{x}/{y}.png');
}

it('a trusted proxy that passes forged headers decides on the URLs of documents', async () => {
  expect(await tilesUrl(gateway.url, FORGED)).toBe('https://evil.example/evil/xyz/all/hot/{z}/{x}/{y}.png');
});

describeWith(['nginx', '-v'], 'nginx', () => {
  it('passes no forged header to the gateway', () => expectNoForgedUrl(startNginx));
});

describeWith(['haproxy', '-v'], 'HAProxy', () => {
  it('passes no forged header to the gateway', () => expectNoForgedUrl(startHaproxy));
});
