/** Informational responses (RFC 9110, 15.2) in front of the final one. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Agent } from 'undici';
import { connectPastContinue } from '../../../../src/common/net/connect-past-continue.js';

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nheat';
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

let server: Server;
let agent: Agent;
let sockets: Socket[];
/** The parts of each response, each sent when the client has read the one before it. */
let parts: readonly string[];

beforeEach(async () => {
  sockets = [];
  server = createServer((socket) => {
    sockets.push(socket);
    socket.setNoDelay(true).on('error', () => undefined);
    socket.on('data', () => void send(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  agent = new Agent({ connections: 1, connect: connectPastContinue() });
});

afterEach(async () => {
  await agent.destroy();
  for (const socket of sockets) socket.destroy();
  server.close();
});

async function send(socket: Socket): Promise<void> {
  for (const part of parts) {
    await new Promise((resolve) => socket.write(part, resolve));
    for (let i = 0; i < 20; i++) await nextTurn();
  }
}

async function get(): Promise<[number, string]> {
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { statusCode, body } = await agent.request({ origin, path: '/', method: 'GET' });
  return [statusCode, await body.text()];
}

describe('a response', () => {
  it.each<[string, readonly string[]]>([
    ['nothing', [OK]],
    ['100 Continue in the same packet', [CONTINUE + OK]],
    ['100 Continue in a packet of its own', [CONTINUE, OK]],
    ['two of them', [CONTINUE + CONTINUE, CONTINUE, OK]],
    ['100 with header fields and another phrase', ['HTTP/1.1 100 Go on\r\ndate: now\r\n\r\n', OK]],
    ['100 in two packets', [CONTINUE.slice(0, 16), CONTINUE.slice(16) + OK]],
    ['102 Processing', ['HTTP/1.1 102 Processing\r\n\r\n', OK]],
    ['103 Early Hints', ['HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n', OK]],
    ['104 and 199, which are not known', ['HTTP/1.1 104 X\r\n\r\nHTTP/1.1 199 Y\r\n\r\n', OK]],
    ['100 and 103', [CONTINUE, 'HTTP/1.1 103 Early Hints\r\n\r\n', CONTINUE, OK]],
  ])('after %s is received, and the connection is used again', async (_name, sent) => {
    parts = sent;
    expect(await get()).toEqual([200, 'heat']);
    expect(await get()).toEqual([200, 'heat']);
    expect(sockets).toHaveLength(1);
  });

  it('whose body begins as an informational response is received unchanged', async () => {
    parts = ['HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n', 'H', 'TTP/1.1 100'];
    expect(await get()).toEqual([200, 'HTTP/1.1 100']);
  });

  it('of 101 Switching Protocols is an error', async () => {
    parts = ['HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'];
    await expect(get()).rejects.toThrow();
  });
});
