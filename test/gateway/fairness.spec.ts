/** The places and the queue of upstream requests, shared between API keys or addresses: tests count upstream requests. */
import { request as httpRequest, type ClientRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.js';
import { MetricsPage } from '../support/run/metrics-page.js';
import { withSimulator } from '../support/with-gateway.js';

const KEYS = { keys: ['alice', 'bob', 'carol'].map((id) => ({ id, key: `key-of-${id}-1234` })) };
const as = (id: string) => ({ 'x-api-key': `key-of-${id}-1234` });

let sent: { readonly path: string; readonly request: ClientRequest }[];
let statuses: Map<string, number[]>;
// Before the hook that closes the gateway, which waits for requests in flight.
afterEach(() => {
  for (const { request: open } of sent) open.destroy();
});
const setup = withSimulator();

beforeEach(() => {
  statuses = new Map();
  sent = [];
  // Painting would take longer than everything else.
  setup.simulator.switches.emptyEverywhere = true;
  setup.simulator.switches.tiles = { kind: 'stall' };
});

/** Requests `count` tiles of the row `y`. */
function request(y: number, count: number, headers: Record<string, string>): void {
  for (let x = 0; x < count; x++) {
    const path = `/xyz/all/hot/12/${x}/${y}.png`;
    const outgoing = httpRequest(`${setup.gateway.url}${path}`, { headers, agent: false }, (response) => {
      response.resume().once('end', () => {
        const row = String(y);
        statuses.set(row, [...(statuses.get(row) ?? []), response.statusCode!]);
      });
    });
    outgoing.once('error', () => undefined).end();
    sent.push({ path, request: outgoing });
  }
}

async function load(headers: Record<string, string> = {}): Promise<string> {
  const page = new MetricsPage(await (await setup.get('/metrics', { headers })).text());
  return ['heatmap_upstream_in_flight', 'heatmap_upstream_queue_depth']
    .map((name) => page.value(name))
    .join();
}

/** The rows of the tiles that the upstream was asked for, in order, without the tile of the whole world. */
function rowsUpstream(): number[] {
  return setup.simulator.requests.flatMap(({ url }) => {
    const row = /\/12\/\d+\/(\d+)/.exec(url)?.[1];
    return row === undefined ? [] : [Number(row)];
  });
}

/** Lets the upstream answer; the clients of the stalled tiles disconnect, so that the queue moves on. */
function answerAll(): void {
  const stalled = setup.simulator.requests.map(({ url }) => /\/12\/\d+\/\d+/.exec(url)![0]);
  setup.simulator.switches.tiles = { kind: 'none' };
  for (const { path, request: stalledRequest } of sent)
    if (stalled.some((tile) => path.includes(tile))) stalledRequest.destroy();
}

const answered = (row: number) => statuses.get(String(row)) ?? [];
const start = (env: Record<string, string>) =>
  setup.start({ cookies: 'full', keys: KEYS, env: { UPSTREAM_TIMEOUT_MS: '60000', ...env } });

describe('one key with many tiles in the queue', () => {
  it('lets the tiles of a second key go upstream in every other turn', async () => {
    await start({ UPSTREAM_MAX_CONCURRENCY: '2' });
    request(100, 60, as('alice'));
    await eventually(async () => (await load(as('carol'))) === '2,58');
    request(200, 10, as('bob'));
    await eventually(async () => (await load(as('carol'))) === '2,68');
    answerAll();
    await eventually(() => answered(200).length === 10 && answered(100).length === 58);
    const rows = rowsUpstream();
    expect(rows).toHaveLength(70);
    // Two tiles of the first key were sent before, and at most one more for each tile of the second one.
    expect(rows.lastIndexOf(200)).toBeLessThan(2 + 2 * 10);
  });

  it('fills the queue and leaves room for a second key: every tile of it is served', async () => {
    await start({ UPSTREAM_MAX_CONCURRENCY: '2', UPSTREAM_MAX_QUEUE: '30' });
    request(100, 50, as('alice'));
    await eventually(async () => (await load(as('carol'))) === '2,30' && answered(100).length === 18);
    request(200, 12, as('bob'));
    await eventually(() => answered(100).length === 18 + 12);
    expect(answered(100)).toEqual(Array(30).fill(503));
    answerAll();
    await eventually(() => answered(200).length === 12 && answered(100).length === 48);
    expect(answered(200)).toEqual(Array(12).fill(200));
    expect(rowsUpstream()).toHaveLength(2 + 30);
    const messages = setup.gateway.log().match(/tiles wait too long for the upstream|queue is empty again/g);
    expect(messages).toEqual(['tiles wait too long for the upstream', 'queue is empty again']);
  });

  it('gets every place and the whole queue while it is alone', async () => {
    await start({ UPSTREAM_MAX_CONCURRENCY: '4', UPSTREAM_MAX_QUEUE: '30' });
    request(100, 34, as('alice'));
    await eventually(async () => (await load(as('carol'))) === '4,30');
    expect(answered(100)).toEqual([]);
  });
});

describe('without API keys', () => {
  it.each([
    ['two IPv4 addresses', '192.0.2.1', '192.0.2.2', true],
    ['an IPv4 and an IPv6 address', '192.0.2.1', '2001:db8::1', true],
    ['two IPv6 networks', '2001:db8:0:1::1', '2001:db8:0:2::1', true],
    ['two addresses of one IPv6 /64 network', '2001:db8:0:1::1', '2001:db8:0:1::2', false],
  ])('%s take turns as two clients, one network as one', async (_name, first, second, takeTurns) => {
    const env = { UPSTREAM_MAX_CONCURRENCY: '2', UPSTREAM_TIMEOUT_MS: '60000', TRUST_PROXY: 'loopback' };
    await setup.start({ cookies: 'full', env });
    request(100, 30, { 'x-forwarded-for': first });
    await eventually(async () => (await load()) === '2,28');
    request(200, 5, { 'x-forwarded-for': second });
    await eventually(async () => (await load()) === '2,33');
    answerAll();
    await eventually(() => answered(200).length === 5 && answered(100).length === 28);
    const before = rowsUpstream().indexOf(200);
    // Two tiles go upstream at a time, so their order may differ by one.
    if (takeTurns) expect(before).toBeLessThan(4);
    else expect(before).toBeGreaterThanOrEqual(29);
  });
});
