import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { ListenError } from '../../../../src/common/net/listen-error.js';

const PUBLIC = { host: 'HOST', port: 'PORT' };

/** The error of a real listener. */
function failureOf(host: string, port: number): Promise<ListenError> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', (error) => resolve(ListenError.from(error, PUBLIC)));
    server.listen(port, host, () => server.close(() => reject(new Error('it listens'))));
  });
}

const from = (fields: object) => {
  const { message, permanent } = ListenError.from(Object.assign(new Error('listen failed'), fields), PUBLIC);
  return [message, permanent];
};

describe('a listener that cannot open', () => {
  it('names the address that no interface of the machine has', async () => {
    const { message, permanent } = await failureOf('192.0.2.1', 0);
    expect([message, permanent]).toEqual([
      'cannot listen: no network interface of this machine has the address "192.0.2.1"; change HOST (EADDRNOTAVAIL)',
      true,
    ]);
  });

  it('names the port that is in use, which another start may find free', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const { message, permanent } = await failureOf('127.0.0.1', port);
    server.close();
    expect([message, permanent]).toEqual([
      `cannot listen: port ${port} is in use (EADDRINUSE); choose another port`,
      false,
    ]);
  });

  it.each([
    [
      { code: 'EACCES', syscall: 'listen', address: '127.0.0.1', port: 80 },
      /not permitted to use port 80;.*PORT/,
      true,
    ],
    [
      { code: 'EAFNOSUPPORT', syscall: 'listen', address: '::', port: 80 },
      /address family of "::"; change HOST/,
      true,
    ],
    [
      { code: 'EINVAL', syscall: 'listen', address: 'fe80::1', port: 80 },
      /"fe80::1".*zone.*change HOST/,
      true,
    ],
    [
      { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'nowhere' },
      /"nowhere" has no address; set HOST/,
      true,
    ],
    // The name server may answer later.
    [
      { code: 'EAI_AGAIN', syscall: 'getaddrinfo', hostname: 'nowhere' },
      /^cannot listen: listen failed$/,
      false,
    ],
    [{ code: 'EMFILE', syscall: 'listen' }, /^cannot listen: listen failed$/, false],
    [{}, /^cannot listen: listen failed$/, false],
  ])('has words and a finality for %j', (fields, sentence, permanent) => {
    expect(from(fields)).toEqual([expect.stringMatching(sentence), permanent]);
  });

  it('names the settings of the management listener', () => {
    const settings = { host: 'MANAGEMENT_HOST', port: 'MANAGEMENT_PORT' };
    const messageOf = (fields: object) =>
      ListenError.from(Object.assign(new Error('listen failed'), fields), settings).message;
    expect(messageOf({ code: 'EACCES', port: 90 })).toContain('set MANAGEMENT_PORT to 1024');
    for (const code of ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'])
      expect(messageOf({ code, address: '10.0.0.1', port: 9090 })).toContain('change MANAGEMENT_HOST');
    expect(messageOf({ code: 'ENOTFOUND', hostname: 'x' })).toContain('set MANAGEMENT_HOST to');
  });
});
