import { once } from 'node:events';
import { createServer, IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ClosedConnections, InFlight, type InFlightLimits } from '../../../../src/http/index.js';
import { eventually } from '../../../support/eventually.js';

const MIB = 1024 * 1024;
const REAL = [
  'Date',
  'nextTick',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setTimeout',
  'clearTimeout',
] as const;
const NO_LIMITS: InFlightLimits = { maxMs: 60_000, maxUnreadBytes: 1024 * MIB };

let server: Server;
const sockets: Socket[] = [];
const cuts: unknown[] = [];
const counted: unknown[] = [];
let requests = 0;
let parsed = 0;

class Counted extends IncomingMessage {
  constructor(socket: Socket) {
    super(socket);
    parsed++;
  }
}

/** A server whose answers have `bytes`, or never end when that is undefined. */
async function start(limits: Partial<InFlightLimits>, bytes?: number): Promise<InFlight> {
  cuts.length = 0;
  counted.length = 0;
  const log = { debug: nothing, info: nothing, error: nothing, warn: (fields: unknown) => cuts.push(fields) };
  const closed = new ClosedConnections(
    { connectionsClosed: (reason, count) => counted.push([reason, count]) },
    log,
  );
  const inFlight = new InFlight({ ...NO_LIMITS, ...limits }, closed);
  server = createServer({ IncomingMessage: Counted }, (_request, response) => {
    requests++;
    if (bytes !== undefined) response.end(Buffer.alloc(bytes));
  });
  inFlight.watch(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return inFlight;
}

function nothing(): void {
  // What is logged at these levels is not looked at here.
}

async function ask({ reading, times = 1 }: { reading: boolean; times?: number }): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', nothing);
  if (reading) socket.resume();
  else socket.pause();
  await once(socket, 'connect');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(times));
  return socket;
}

const connections = () =>
  new Promise<number>((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );

beforeEach(() => {
  requests = parsed = 0;
  // The sweeps and the time that they compare; sockets and the waiting of this test keep real timers.
  jest.useFakeTimers({ doNotFake: [...REAL] });
});

afterEach(() => {
  jest.useRealTimers();
  for (const socket of sockets.splice(0)) socket.destroy();
  server.closeAllConnections();
  server.close();
});

describe('a request in flight', () => {
  it('is closed beyond the time limit, and the log has the number of closed connections', async () => {
    await start({ maxMs: 500 });
    await Promise.all([ask({ reading: true }), ask({ reading: true })]);
    await eventually(() => requests === 2);
    jest.advanceTimersByTime(1000);
    expect(cuts).toEqual([{ connections: 2 }]);
    await eventually(async () => (await connections()) === 0);
  });

  it('is awaited, up to the given time', async () => {
    const inFlight = await start({});
    await inFlight.none(10_000);
    const socket = await ask({ reading: true });
    await once(server, 'request');

    jest.useFakeTimers({
      doNotFake: ['Date', 'nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate'],
    });
    let over = false;
    const upToTheLimit = inFlight.none(300).then(() => (over = true));
    await jest.advanceTimersByTimeAsync(299);
    expect(over).toBe(false);
    jest.advanceTimersByTime(1);
    await upToTheLimit;

    // The fake time stands still: only the end of the request resolves this.
    const upToTheEnd = inFlight.none(10_000);
    socket.destroy();
    await upToTheEnd;
  });
});

describe('unread responses', () => {
  it('are closed, the oldest first, until the rest is within the byte limit', async () => {
    await start({ maxUnreadBytes: 40 * MIB }, 16 * MIB);
    const oldest = await ask({ reading: false });
    await eventually(() => requests === 1);
    await ask({ reading: false });
    await ask({ reading: false });
    await eventually(() => requests === 3);
    jest.advanceTimersByTime(1000);
    expect(cuts).toEqual([{ connections: 1 }]);
    oldest.resume();
    await once(oldest, 'close');
    expect(await connections()).toBe(2);
  });

  it('count until the client reads them', async () => {
    await start({ maxUnreadBytes: 24 * MIB }, 4 * MIB);
    const readers = await Promise.all(Array.from({ length: 5 }, () => ask({ reading: true })));
    await Promise.all(readers.map((socket) => eventually(() => socket.bytesRead > 4 * MIB)));
    await Promise.all([ask({ reading: false }), ask({ reading: false })]);
    await eventually(() => requests === 7);
    jest.advanceTimersByTime(3000);
    expect(await connections()).toBe(7);
    expect(cuts).toEqual([]);
    expect(readers.every((socket) => !socket.destroyed)).toBe(true);
  });
});

describe('pipelined requests', () => {
  it('are served up to 32 in flight; the next one gets 429 after their responses, and the connection is closed', async () => {
    const inFlight = await start({}, 1);
    const socket = await ask({ reading: false, times: 5000 });
    let text = '';
    socket.on('data', (chunk) => (text += chunk)).resume();
    await once(socket, 'close');
    expect([requests, parsed]).toEqual([32, 33]);
    const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    expect(statuses).toEqual([...Array<string>(32).fill('200'), '429']);
    expect(text).toContain('The connection has too many requests without a response');
    expect([cuts, counted]).toEqual([[{ max: 32 }], [['pipelining', 1]]]);
    await inFlight.none(10_000);
  });

  it('are not limited in number one after the other', async () => {
    await start({}, 1);
    const socket = await ask({ reading: true });
    for (let count = 1; count < 100; count++) {
      await eventually(() => requests === count);
      socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    }
    await eventually(() => requests === 100);
  });

  it('count as unread responses, also those that wait for the response to an earlier request', async () => {
    await start({ maxUnreadBytes: 40 * MIB }, 4 * MIB);
    await ask({ reading: false, times: 20 });
    await eventually(() => requests === 20);
    jest.advanceTimersByTime(1000);
    await eventually(async () => (await connections()) === 0);
  });
});
