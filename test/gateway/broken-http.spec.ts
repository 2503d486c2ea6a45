/** Invalid or incomplete HTTP: one response per request, in order, and no connection or request stays open. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { withGateway } from '../support/with-gateway.js';

const ADMIN_KEY = 'an-admin-key-0123456789';

const setup = withGateway({ cookies: 'full', env: { ADMIN_KEY, MANAGEMENT_PORT: '0' } }, { per: 'suite' });

/** Sends `text` and returns everything received until the gateway closes the connection. */
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

describe('malformed data after a request', () => {
  it.each(['/readyz', '/metrics', '/livez'])(
    'gets its own response after the response of %s',
    async (path) => {
      const came = await exchange(
        setup.gateway.managementUrl!,
        `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n\0garbage\r\n\r\n`,
      );
      expect(statuses(came)).toEqual(['200', '400']);
      expect(came).toMatch(/connection: close\r\n\r\n\{[^\r]*"status":400[^\r]*\}$/);
    },
  );

  it('leaves the responses before it complete and in order', async () => {
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
    const came = await exchange(
      setup.gateway.url,
      `${get('/health')}${get('/nothing')}${get('/health')}BREW / HTTP/1.1\r\n\r\n`,
    );
    expect(statuses(came)).toEqual(['200', '404', '200', '400']);
  });
});

it('a request with an invalid body gets one response', async () => {
  for (const body of ['zz\r\n', '5\r\nhelloworld\r\n', 'ffffffffffffffffffff\r\n']) {
    const came = await exchange(
      setup.gateway.url,
      `POST /health HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${body}`,
    );
    expect(statuses(came)).toHaveLength(1);
  }
});

it('an unknown expectation is ignored', async () => {
  for (const url of [`${setup.gateway.url}/health`, `${setup.gateway.managementUrl}/livez`]) {
    const { pathname } = new URL(url);
    const came = await exchange(
      url,
      `GET ${pathname} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: miracle\r\n\r\n`,
    );
    expect(statuses(came)).toEqual(['200']);
  }
});

it('a request without Host is served on the management port as well', async () => {
  expect(
    statuses(
      await exchange(setup.gateway.managementUrl!, 'GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n'),
    ),
  ).toEqual(['200']);
});

it('a client of /admin that disconnects immediately causes no error', async () => {
  const { hostname, port } = new URL(setup.gateway.url);
  for (let round = 0; round < 50; round++) {
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(`GET /admin/status HTTP/1.1\r\nHost: localhost\r\n\r\n`, () => socket.resetAndDestroy());
    await once(socket, 'close');
  }
  await eventually(async () => (await fetch(`${setup.gateway.url}/health`)).status === 200);
  expect(setup.gateway.log()).not.toMatch(/"level":"(error|fatal)"/);
});

it('a shutdown does not wait for responses that malformed data cut off', async () => {
  const other = await setup.start({ cookies: 'full' });
  const get = 'GET /wmts/1.0.0/WMTSCapabilities.xml HTTP/1.1\r\nHost: localhost\r\n\r\n';
  const { hostname, port } = new URL(other.url);
  const socket = connect(Number(port), hostname);
  socket.write(`${get.repeat(20)}\0`, () => socket.resetAndDestroy());
  await once(socket, 'close');
  await eventually(async () => (await fetch(`${other.url}/health`)).status === 200);
  // A response that is still in flight would delay the close by more than a minute.
  await other.close();
}, 50_000);
