/** A TCP proxy that holds back what the server sends until the test lets it through. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';

export interface HeldProxy {
  readonly port: number;
  /** Bytes that are held back now. */
  readonly held: number;
  /** What the client has sent so far. */
  readonly sent: string;
  hold(): void;
  /** Lets through what is held back, and all that follows. */
  release(): void;
  close(): void;
}

export async function startHeldProxy(serverPort: number): Promise<HeldProxy> {
  let holding = false;
  let sent = '';
  let chunks: { readonly client: Socket; readonly bytes: Buffer }[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(serverPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => [client, upstream].forEach((each) => each.destroy()));
    }
    client.on('data', (bytes: Buffer) => {
      sent += bytes.toString('latin1');
      upstream.write(bytes);
    });
    upstream.on('data', (bytes: Buffer) => {
      if (holding) chunks.push({ client, bytes });
      else client.write(bytes);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    get held() {
      return chunks.reduce((sum, { bytes }) => sum + bytes.length, 0);
    },
    get sent() {
      return sent;
    },
    hold() {
      holding = true;
    },
    release() {
      holding = false;
      for (const { client, bytes } of chunks) client.write(bytes);
      chunks = [];
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
