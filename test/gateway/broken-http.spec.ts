/** What is no HTTP, or only half of it, on the wire: one answer a request, in their order, and nothing stays behind. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startSimulator, type Simulator } from '../simulator/simulator.js';
import { eventually, fullCookies, startGateway, type RunningGateway } from '../support/gateway.js';

const ADMIN_KEY = 'an-admin-key-0123456789';

let simulator: Simulator;
let running: RunningGateway;

beforeAll(async () => {
  simulator = await startSimulator();
  running = await startGateway(simulator, {
    cookies: fullCookies(simulator),
    env: { ADMIN_KEY, MANAGEMENT_PORT: '0' },
  });
});

afterAll(async () => {
  await running.close();
  await simulator.close();
});

/** Sends `text` and gives everything that comes until the gateway ends the connection. */
async function exchange(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let came = '';
  socket.on('data', (chunk) => (came += chunk));
  socket.write(text);
  await once(socket, 'close');
  return came;
}

const statuses = (came: string) => [...came.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => status);

describe('rubbish behind a request', () => {
  it.each(['/readyz', '/metrics', '/livez'])(
    'comes after the answer of %s, not in its place',
    async (path) => {
      const came = await exchange(
        running.managementUrl!,
        `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n\0rubbish\r\n\r\n`,
      );
      expect(statuses(came)).toEqual(['200', '400']);
      expect(came).toMatch(/connection: close\r\n\r\n\{[^\r]*"status":400[^\r]*\}$/);
    },
  );

  it('leaves the answers before it whole and in order', async () => {
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
    const came = await exchange(
      running.url,
      `${get('/health')}${get('/nothing')}${get('/health')}BREW / HTTP/1.1\r\n\r\n`,
    );
    expect(statuses(came)).toEqual(['200', '404', '200', '400']);
  });
});

it('a request whose body is broken gets one answer', async () => {
  for (const body of ['zz\r\n', '5\r\nhelloworld\r\n', 'ffffffffffffffffffff\r\n']) {
    const came = await exchange(
      running.url,
      `POST /health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${body}`,
    );
    expect(statuses(came)).toHaveLength(1);
  }
});

it('an expectation that nobody knows is ignored', async () => {
  for (const url of [`${running.url}/health`, `${running.managementUrl}/livez`]) {
    const { pathname } = new URL(url);
    const came = await exchange(
      url,
      `GET ${pathname} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: miracle\r\n\r\n`,
    );
    expect(statuses(came)).toEqual(['200']);
  }
});

it('a request without Host is answered on the management port as well', async () => {
  expect(
    statuses(await exchange(running.managementUrl!, 'GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n')),
  ).toEqual(['200']);
});

it('a client of /admin that hangs up at once is no error', async () => {
  const { hostname, port } = new URL(running.url);
  for (let round = 0; round < 50; round++) {
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(`GET /admin/status HTTP/1.1\r\nHost: a\r\n\r\n`, () => socket.resetAndDestroy());
    await once(socket, 'close');
  }
  await eventually(async () => (await fetch(`${running.url}/health`)).status === 200);
  expect(running.log()).not.toMatch(/"level":(50|60)/);
});

it('a stop does not wait for answers that were cut off behind rubbish', async () => {
  const other = await startGateway(simulator, { cookies: fullCookies(simulator) });
  const get = 'GET /wmts/1.0.0/WMTSCapabilities.xml HTTP/1.1\r\nHost: a\r\n\r\n';
  const { hostname, port } = new URL(other.url);
  const socket = connect(Number(port), hostname);
  socket.write(`${get.repeat(20)}\0`, () => socket.resetAndDestroy());
  await once(socket, 'close');
  await eventually(async () => (await fetch(`${other.url}/health`)).status === 200);
  const begun = performance.now();
  await other.close();
  expect(performance.now() - begun).toBeLessThan(5000);
});
