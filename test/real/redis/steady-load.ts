/** Clients of a map that keep their connections and never stop asking, and an account of what they got. */
import { Agent, get, type IncomingHttpHeaders } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { tileWithHeat } from '../../simulator/find-tile.js';

export interface Account {
  /** Answers as they should be, by kind of request. */
  readonly answered: Readonly<Record<Kind, number>>;
  /** Every other one: what was asked, and what came. */
  readonly failed: readonly string[];
}

export interface SteadyLoad {
  account(): Account;
  /** Resolves when the last request has its answer. */
  stop(): Promise<Account>;
}

const KINDS = ['cold tile', 'cached tile', 'tile revalidated', 'capabilities'] as const;
export type Kind = (typeof KINDS)[number];

/** One round of a client; each begins at another place. */
const ROUND: readonly Kind[] = [
  'cold tile',
  'cached tile',
  'tile revalidated',
  'cached tile',
  'cold tile',
  'cached tile',
  'cold tile',
  'tile revalidated',
  'cached tile',
  'cold tile',
  'cached tile',
  'cached tile',
  'tile revalidated',
  'capabilities',
];
const CLIENTS = 16;
/** Between two requests of one client. */
const THINKING_MS = 50;
const PATIENCE_MS = 15_000;
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

let counter = 0;
/** A tile that was not requested before. */
const coldTile = () => `/xyz/all/hot/14/${8000 + (counter++ % 800)}/${5000 + Math.floor(counter / 800)}.png`;

/** Fetches some tiles, so that there are cached ones, and starts the clients. */
export async function startLoad(url: string): Promise<SteadyLoad> {
  const answered = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<Kind, number>;
  const failed: string[] = [];
  const cached: { readonly path: string; readonly etag: string }[] = [];
  const first = new Agent();
  // With heat, so that the gateway counts them as hits and not as empty.
  for (let zoom = 8; zoom <= 13; zoom++) {
    const { z, x, y } = tileWithHeat(zoom);
    const path = `/xyz/all/hot/${z}/${x}/${y}.png`;
    const { status, headers } = await exchange(url, path, first);
    if (status !== 200) throw new Error(`${path}: ${status}`);
    cached.push({ path, etag: headers.etag! });
  }

  const ask = async (kind: Kind, turn: number, agent: Agent): Promise<void> => {
    const known = cached[turn % cached.length]!;
    const path =
      kind === 'capabilities'
        ? '/wmts/1.0.0/WMTSCapabilities.xml'
        : kind === 'cold tile'
          ? coldTile()
          : known.path;
    const headers = kind === 'tile revalidated' ? { 'if-none-match': known.etag } : {};
    try {
      const { status, body } = await exchange(url, path, agent, headers);
      const good = {
        'cold tile': status === 200 && body.subarray(0, 8).equals(PNG),
        'cached tile': status === 200 && body.subarray(0, 8).equals(PNG),
        'tile revalidated': status === 304 && body.length === 0,
        capabilities: status === 200 && body.toString().trimEnd().endsWith('</Capabilities>'),
      }[kind];
      if (good) answered[kind]++;
      else failed.push(`${kind} ${path}: ${status}, ${body.length} bytes`);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      failed.push(`${kind} ${path}: ${code ?? message}`);
    }
  };

  let stopped = false;
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let turn = client; !stopped; turn++) {
      await ask(ROUND[turn % ROUND.length]!, turn, agent);
      await pause(THINKING_MS);
    }
    agent.destroy();
  });
  const account = () => ({ answered: { ...answered }, failed: [...failed] });
  return {
    account,
    async stop() {
      stopped = true;
      await Promise.all(clients);
      return account();
    },
  };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Rejects when there is no answer, or not all of it. */
function exchange(
  url: string,
  path: string,
  agent: Agent,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    get(`${url}${path}`, { agent, headers, signal }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('error', reject);
      incoming.once('end', () =>
        resolve({ status: incoming.statusCode!, headers: incoming.headers, body: Buffer.concat(chunks) }),
      );
    }).once('error', reject);
  });
}
