/**
 * A connector for undici that takes `100 Continue` out of the responses. A server may send it to any request and a client must expect it
 * (RFC 9110, 15.2), but undici closes the connection; it handles the other informational responses itself.
 */
import type { Socket } from 'node:net';
import { buildConnector } from 'undici';

const CONTINUE = Buffer.from('HTTP/1.1 100');
const END = '\r\n\r\n';
/** Bytes of an informational response; a longer one is left to undici. */
const MAX_BYTES = 8192;

export function connectPastContinue(options: buildConnector.BuildOptions = {}): buildConnector.connector {
  const connect = buildConnector(options);
  return (target, callback) =>
    connect(target, (...result) => {
      const [, socket] = result;
      if (socket) readPastContinue(socket);
      callback(...result);
    });
}

/** A connection has one request at a time, so each response starts with a chunk of its own. */
function readPastContinue(socket: Socket): void {
  const read = socket.read.bind(socket);
  let incomplete: Buffer | undefined;
  socket.read = (size?: number): Buffer | null => {
    let chunk = read(size) as Buffer | null;
    if (chunk && incomplete) chunk = Buffer.concat([incomplete, chunk]);
    else if (!chunk) return null;
    incomplete = undefined;
    while (chunk.subarray(0, CONTINUE.length).equals(CONTINUE)) {
      const end = chunk.indexOf(END);
      if (end < 0) {
        if (chunk.length > MAX_BYTES) return chunk;
        incomplete = chunk;
        return null;
      }
      chunk = chunk.subarray(end + END.length);
    }
    return chunk.length > 0 ? chunk : null;
  };
}
