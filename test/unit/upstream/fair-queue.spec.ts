import { setMaxListeners } from 'node:events';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { FairQueue, OVERLOADED } from '../../../src/upstream/fair-queue.js';
import { Waiters } from '../../../src/upstream/index.js';

/** Names of the tiles in the order in which they started; the first letter is the subject. */
let started: string[];
let finish: Map<string, () => void>;
let queue: FairQueue;

const never = new AbortController().signal;
setMaxListeners(0, never);

function use(places: number, maxQueued = 1000): void {
  started = [];
  finish = new Map();
  queue = new FairQueue(places, maxQueued);
}

/** Requests `tile`; rejects as the queue does. */
function request(tile: string, waiters = new Waiters(tile[0]!), signal = never): Promise<void> {
  return queue.run(waiters, signal, () => {
    started.push(tile);
    return new Promise<void>((resolve) => finish.set(tile, resolve));
  });
}

function requestMany(subject: string, count: number): Promise<void>[] {
  return Array.from({ length: count }, (_, i) => request(`${subject}${i + 1}`));
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

/** Ends the running tile that started first, again and again, until none is left. */
async function drain(): Promise<void> {
  await settled();
  for (let i = 0; i < started.length; i++) {
    finish.get(started[i]!)!();
    await settled();
  }
}

beforeEach(() => use(1));

describe('a queue with one place', () => {
  it('alternates between a subject with a long queue and one that comes later', async () => {
    void requestMany('a', 6);
    void requestMany('b', 3);
    await drain();
    expect(started.join(' ')).toBe('a1 b1 a2 b2 a3 b3 a4 a5 a6');
  });

  it('gives each of three subjects its turn, whatever the length of its queue', async () => {
    void requestMany('a', 4);
    void requestMany('b', 2);
    void requestMany('c', 1);
    await drain();
    expect(started.join(' ')).toBe('a1 b1 c1 a2 b2 a3 a4');
  });

  it('serves a lone subject in the order of its requests', async () => {
    void requestMany('a', 5);
    await drain();
    expect(started.join(' ')).toBe('a1 a2 a3 a4 a5');
  });

  it('alternates with a client that requests its tiles one after another', async () => {
    void requestMany('a', 4);
    const client = async () => {
      for (const tile of ['b1', 'b2', 'b3']) await request(tile);
    };
    void client();
    await drain();
    expect(started.join(' ')).toBe('a1 b1 a2 b2 a3 b3 a4');
  });
});

describe('places', () => {
  it('are all open to a lone subject', async () => {
    use(4);
    void requestMany('a', 9);
    await settled();
    expect([started.length, queue.running, queue.queued]).toEqual([4, 4, 5]);
  });

  it('go to the subject with the fewest until each has its share', async () => {
    use(4);
    void requestMany('a', 9);
    void requestMany('b', 9);
    await settled();
    for (const tile of ['a1', 'a2', 'a3', 'a4', 'b1', 'b2']) {
      finish.get(tile)!();
      await settled();
    }
    expect(started.join(' ')).toBe('a1 a2 a3 a4 b1 b2 a5 a6 b3 b4');
  });

  it('are free again when a task fails', async () => {
    const failing = queue.run(new Waiters('a'), never, () => Promise.reject(new Error('no tile')));
    await expect(failing).rejects.toThrow('no tile');
    expect([queue.running, queue.queued]).toEqual([0, 0]);
  });
});

describe('a tile that several subjects wait for', () => {
  it('starts at the first of their turns, once', async () => {
    void requestMany('a', 4);
    const shared = new Waiters('a');
    void request('a-shared', shared);
    shared.join('b');
    void request('b1');
    await drain();
    expect(started.join(' ')).toBe('a1 a-shared a2 b1 a3 a4');
  });

  it('loses the turn of a subject whose last client disconnects', async () => {
    void requestMany('a', 3);
    const shared = new Waiters('a');
    void request('a-shared', shared);
    for (const change of ['join', 'join', 'leave', 'leave'] as const) shared[change]('b');
    await drain();
    expect(started.join(' ')).toBe('a1 a2 a3 a-shared');
  });

  it('keeps the turn of a subject with another client', async () => {
    void requestMany('a', 3);
    const shared = new Waiters('a');
    void request('a-shared', shared);
    for (const change of ['join', 'join', 'leave'] as const) shared[change]('b');
    await drain();
    expect(started.join(' ')).toBe('a1 a-shared a2 a3');
  });
});

describe('a full queue', () => {
  const outcomes = async (requests: readonly Promise<void>[]) => {
    await settled();
    const all = requests.map((each) =>
      Promise.race([each.catch((error: unknown) => (error === OVERLOADED ? 'refused' : error)), settled()]),
    );
    return (await Promise.all(all)).map((outcome) => outcome ?? 'waits');
  };

  it('refuses the next tile of a lone subject', async () => {
    use(1, 3);
    const requests = requestMany('a', 5);
    expect(await outcomes(requests)).toEqual(['waits', 'waits', 'waits', 'waits', 'refused']);
  });

  it('has room for another subject: the newest tiles of the longest queue are refused, until both are equal', async () => {
    use(1, 4);
    const greedy = requestMany('a', 5);
    const other = requestMany('b', 3);
    expect(await outcomes(greedy)).toEqual(['waits', 'waits', 'waits', 'refused', 'refused']);
    expect(await outcomes(other)).toEqual(['waits', 'waits', 'refused']);
    expect(queue.queued).toBe(4);
  });

  it('refuses no tile that a subject with a short queue waits for', async () => {
    use(1, 3);
    const greedy = requestMany('a', 3);
    const shared = new Waiters('a');
    const last = request('a-shared', shared);
    shared.join('b');
    expect(await outcomes([...greedy, last, request('c1')])).toEqual([
      'waits',
      'waits',
      'refused',
      'waits',
      'waits',
    ]);
  });

  it('without any places to wait refuses every subject while all places are taken', async () => {
    use(1, 0);
    expect(await outcomes([request('a1'), request('a2'), request('b1')])).toEqual([
      'waits',
      'refused',
      'refused',
    ]);
  });
});

describe('an abort', () => {
  const reason = new Error('aborted');

  it('before the request starts nothing and takes no place', async () => {
    await expect(request('a1', new Waiters('a'), AbortSignal.abort(reason))).rejects.toBe(reason);
    expect([started, queue.running, queue.queued]).toEqual([[], 0, 0]);
  });

  it('while the tile waits takes it out of the queue', async () => {
    void requestMany('a', 1);
    const abort = new AbortController();
    const aborted = request('b1', new Waiters('b'), abort.signal);
    void request('b2');
    abort.abort(reason);
    await expect(aborted).rejects.toBe(reason);
    await drain();
    expect(started.join(' ')).toBe('a1 b2');
  });

  it('leaves nothing behind: the queue serves the next requests as a new one', async () => {
    const abort = new AbortController();
    void requestMany('a', 1);
    const aborted = ['b1', 'b2', 'c1'].map((tile) => request(tile, new Waiters(tile[0]!), abort.signal));
    abort.abort(reason);
    await Promise.allSettled(aborted);
    await drain();
    expect([queue.running, queue.queued]).toEqual([0, 0]);
    void requestMany('c', 2);
    void request('b3');
    await drain();
    expect(started.join(' ')).toBe('a1 c1 b3 c2');
  });
});
