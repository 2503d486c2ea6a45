import { connect } from 'node:net';
import type { Answer, Outcome } from './exchange.js';
import type { Withheld } from '../checks/scheduling-delay.js';

export interface RawManner {
  readonly patienceMs: number;
  readonly withheld: Withheld;
  /** Milliseconds after which this side hangs up without waiting for an answer. */
  readonly leaveAfterMs?: number;
}

/** Sends `bytes` as they are on a connection of their own and reads until the other side ends it. Never rejects. */
export function rawExchange(port: number, bytes: Buffer, manner: RawManner): Promise<Outcome> {
  const { patienceMs, withheld, leaveAfterMs } = manner;
  return new Promise((resolve) => {
    const from = performance.now();
    const socket = connect(port, '127.0.0.1');
    const pieces: Buffer[] = [];
    const end = (kind: 'answer' | 'broken' | 'hung' | 'left', detail = ''): void => {
      clearTimeout(timer);
      socket.destroy();
      const to = performance.now();
      const answer = kind === 'answer' ? read(Buffer.concat(pieces), from, to) : undefined;
      // Who would not wait for an answer cannot complain that there was none.
      const without = leaveAfterMs !== undefined ? 'left' : kind === 'answer' ? 'broken' : kind;
      resolve(answer ?? { kind: without, from, to, detail });
    };
    const giveUp = (): void => {
      if (leaveAfterMs !== undefined) return end('left');
      const left = patienceMs + withheld.since(from) - (performance.now() - from);
      if (left <= 0) return end('hung', `${Buffer.concat(pieces).length} bytes had come`);
      timer = setTimeout(giveUp, left);
    };
    let timer = setTimeout(giveUp, leaveAfterMs ?? patienceMs);
    socket.on('data', (piece) => pieces.push(piece));
    socket.once('end', () => end('answer', 'ended without an answer'));
    // Who sends rubbish may be cut off, but not before the answer.
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end(pieces.length > 0 ? 'answer' : 'broken', error.code ?? error.message),
    );
    socket.write(bytes);
  });
}

/** Undefined when `bytes` are no whole answer with a length. */
function read(bytes: Buffer, from: number, to: number): Answer | undefined {
  const [head = '', body = ''] = splitOnce(bytes.toString('latin1'), '\r\n\r\n');
  const [line = '', ...lines] = head.split('\r\n');
  const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(line) ?? [];
  const headers = Object.fromEntries(
    lines.map((header) => {
      const [name = '', value = ''] = splitOnce(header, ':');
      return [name.toLowerCase(), value.trim()];
    }),
  );
  if (status === undefined || Number(headers['content-length']) !== body.length) return undefined;
  return {
    kind: 'answer',
    from,
    to,
    status: Number(status),
    headers,
    head,
    body: Buffer.from(body, 'latin1'),
  };
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
