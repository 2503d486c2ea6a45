import { connect } from 'node:net';

export interface Received {
  readonly bytes: Buffer;
  /** `closed` by the server, `aborted` by the signal, or the system's code for a connection that broke. */
  readonly end: string;
}

/** Sends `bytes` over a connection of their own and collects what the server sends until that ends. Never rejects. */
export function sendBytes(url: URL, bytes: Buffer, signal: AbortSignal): Promise<Received> {
  return new Promise((resolve) => {
    const socket = connect(Number(url.port), url.hostname);
    const pieces: Buffer[] = [];
    const finish = (end: string): void => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      resolve({ bytes: Buffer.concat(pieces), end });
    };
    const abort = (): void => finish('aborted');
    signal.addEventListener('abort', abort);
    socket.on('data', (piece) => pieces.push(piece));
    socket.once('end', () => finish('closed'));
    socket.on('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
    socket.write(bytes);
  });
}
