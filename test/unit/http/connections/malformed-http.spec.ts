import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { answerClientError } from '../../../../src/http/index.js';

const failing = (code: string) => Object.assign(new Error('canary'), { code });

describe('input that is not HTTP', () => {
  it.each([
    ['HPE_HEADER_OVERFLOW', 431],
    ['ERR_HTTP_REQUEST_TIMEOUT', 408],
    ['HPE_INVALID_METHOD', 400],
    ['', 400],
  ])('with the fault %j is answered with %i and a problem, and the connection ends', async (code, status) => {
    const socket = new PassThrough();
    answerClientError(failing(code), socket);
    const answer = (await socket.toArray()).join('');
    const [head, body] = answer.split('\r\n\r\n') as [string, string];
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [A-Z]`));
    expect(head).toContain(`content-length: ${Buffer.byteLength(body)}`);
    expect(head).toContain('connection: close');
    expect(JSON.parse(body)).toMatchObject({ status, title: expect.stringMatching(/^[A-Z]/) });
    expect(answer).not.toContain('canary');
  });

  it('from a client that never closes its side does not keep the connection open', async () => {
    const socket = new PassThrough();
    answerClientError(failing(''), socket);
    await once(socket, 'close');
    expect(socket.destroyed).toBe(true);
  });

  it('from a disconnected client gets no response', () => {
    const socket = new PassThrough();
    answerClientError(failing('ECONNRESET'), socket);
    expect([socket.destroyed, socket.readableLength]).toEqual([true, 0]);
  });
});
