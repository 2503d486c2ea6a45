import { EventEmitter } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { ClosedConnections, limitConnections } from '../../../../src/http/index.js';

class Connection extends EventEmitter {
  destroyed = false;
  constructor(readonly remoteAddress: string | undefined) {
    super();
  }
  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

function start(maxPerAddress: number) {
  const server = createServer();
  const warnings: unknown[] = [];
  const log = {
    debug: nothing,
    info: nothing,
    error: nothing,
    warn: (fields: unknown) => warnings.push(fields),
  };
  const counted: unknown[] = [];
  const closed = new ClosedConnections(
    { connectionsClosed: (reason, count) => counted.push([reason, count]) },
    log,
  );
  limitConnections(server, { max: 100, maxPerAddress, isProxy: (address) => address === '10.0.0.1' }, closed);
  const open = (address: string | undefined) => {
    const connection = new Connection(address);
    server.emit('connection', connection);
    return connection;
  };
  return { open, warnings, counted };
}

function nothing(): void {
  // What is logged at these levels is not looked at here.
}

const areOpen = (connections: readonly Connection[]) => connections.map(({ destroyed }) => !destroyed);

describe('connections of one address', () => {
  it('are closed beyond the limit, with one warning, and others are not', () => {
    const { open, warnings, counted } = start(2);
    const ofOne = [1, 2, 3, 4].map(() => open('192.0.2.1'));
    expect(areOpen(ofOne)).toEqual([true, true, false, false]);
    expect(areOpen([open('192.0.2.2')])).toEqual([true]);
    expect(warnings).toEqual([{ max: 2 }]);
    expect(counted).toEqual(Array.from({ length: 2 }, () => ['max_connections_per_address', 1]));
  });

  it('are counted while they are open', () => {
    const { open } = start(1);
    for (let i = 0; i < 3; i++) {
      const connection = open('192.0.2.1');
      expect(connection.destroyed).toBe(false);
      expect(open('192.0.2.1').destroyed).toBe(true);
      connection.destroy();
    }
  });

  it('of IPv6 are those of a /64, and an IPv4 address is the same in IPv6 notation', () => {
    const { open } = start(1);
    expect(areOpen(['2001:db8::1', '2001:db8::2', '2001:db8:0:1::1'].map(open))).toEqual([true, false, true]);
    expect(areOpen(['192.0.2.1', '::ffff:192.0.2.1'].map(open))).toEqual([true, false]);
  });

  it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.0.0.1', undefined])(
    'are not limited for %s, which is this machine, a proxy or gone already',
    (address) => {
      const { open } = start(1);
      expect(areOpen([open(address), open(address)])).toEqual([true, true]);
    },
  );
});
