import { beforeEach, describe, expect, it } from '@jest/globals';
import { tileAddress, type TileSize } from '../../../src/catalog/index.js';
import { AnonymousSources } from '../../../src/upstream/anonymous-sources.js';
import type { TileResponse } from '../../../src/upstream/tile-fetch.js';
import { UpstreamError, type UpstreamErrorKind } from '../../../src/upstream/upstream-error.js';
import { MemoryLog } from '../../support/doubles/memory-log.js';
import { SteppedClock } from '../../support/doubles/stepped-clock.js';

type Answer = UpstreamErrorKind | TileResponse['kind'];

const MINUTE = 60_000;
const address = (size: TileSize = 256, z = 10) => tileAddress('all-hot', 'all', 'hot', z, 3, 5, size);

let clock: SteppedClock;
let log: MemoryLog;
let sources: AnonymousSources;
/** What each source answers. */
let current: Answer;
let old: Answer;
/** The sources asked, in order; limited requests with a question mark. */
let asked: string[];
const never = new AbortController().signal;

beforeEach(() => {
  clock = new SteppedClock();
  log = new MemoryLog();
  sources = new AnonymousSources({
    tilesUrl: 'https://tiles.example/base',
    tilesVersion: 20,
    anonymousTilesUrls: ['https://a.example', 'https://b.example'],
    clock,
    log,
    random: () => 1,
  });
  current = 'tile';
  old = 'tile';
  asked = [];
});

function fetchTile(size?: TileSize, signal = never, z?: number): Promise<string> {
  return sources
    .fetch(address(size, z), signal, async ({ source }, limited) => {
      asked.push(`${source}${limited ? '?' : ''}`);
      const answer = source === 'anonymous' ? current : old;
      if (answer === 'tile') return { kind: answer, body: Buffer.from(source) };
      if (answer === 'empty' || answer === 'not_modified') return { kind: answer };
      throw new UpstreamError(answer, `Detail of ${source}.`);
    })
    .then(
      (tile) => (tile.kind === 'tile' ? `tile of ${tile.body.toString()}` : tile.kind),
      (error: UpstreamError) => error.kind,
    );
}

/** The sources asked for one tile, and the outcome. */
async function outcome(size?: TileSize, signal?: AbortSignal, z?: number): Promise<[string, string]> {
  asked = [];
  const result = await fetchTile(size, signal, z);
  return [asked.join(' '), result];
}

describe('the current source', () => {
  it('is the only one asked while it answers', async () => {
    for (const answer of ['tile', 'empty', 'not_modified'] as const) {
      current = answer;
      expect((await outcome())[0]).toBe('anonymous?');
    }
    expect(log.lines).toEqual([]);
  });

  it.each(['timeout', 'connection', 'server_error', 'bad_response', 'refused'] as const)(
    'does not answer with %s: the old one is asked, at first after it and then before it',
    async (failure) => {
      current = failure;
      expect(await outcome()).toEqual(['anonymous? old_anonymous', 'tile of old_anonymous']);
      expect(await outcome()).toEqual(['old_anonymous?', 'tile of old_anonymous']);
      expect(log.lines).toMatchObject([
        { level: 'warn', fields: { source: 'current', problem: 'Detail of anonymous.' } },
      ]);
    },
  );

  it('is tried by one request when its pause has passed, and the pauses double', async () => {
    current = 'timeout';
    await fetchTile();
    for (const pause of [30_000, 60_000, 120_000]) {
      clock.advance(pause - 1);
      expect((await outcome())[0]).toBe('old_anonymous?');
      clock.advance(1);
      asked = [];
      await Promise.all([fetchTile(), fetchTile(), fetchTile()]);
      expect(asked.filter((source) => source.startsWith('anonymous'))).toHaveLength(1);
    }
    clock.advance(20 * MINUTE);
    current = 'tile';
    expect(await outcome()).toEqual(['anonymous?', 'tile of anonymous']);
    expect(await outcome()).toEqual(['anonymous?', 'tile of anonymous']);
    expect(log.lines.at(-1)).toMatchObject({ level: 'info', fields: { source: 'current' } });
  });

  it('pauses once for requests that fail at the same time', async () => {
    current = 'connection';
    await Promise.all(Array.from({ length: 16 }, () => fetchTile()));
    expect(log.lines).toHaveLength(1);
    clock.advance(30_000);
    expect((await outcome())[0]).toBe('anonymous? old_anonymous');
  });

  it.each(['needs_cookies', 'unknown_sport'] as const)(
    'that answers %s is not asked less for other tiles',
    async (answer) => {
      current = answer;
      expect(await outcome()).toEqual(['anonymous? old_anonymous', 'tile of old_anonymous']);
      current = 'tile';
      expect(await outcome()).toEqual(['anonymous?', 'tile of anonymous']);
      expect(log.lines).toEqual([]);
    },
  );

  it.each(['throttled', 'cancelled', 'overloaded'] as const)(
    'that ends with %s is not replaced',
    async (answer) => {
      current = answer;
      expect(await outcome()).toEqual(['anonymous?', answer]);
      current = 'tile';
      expect(await outcome()).toEqual(['anonymous?', 'tile of anonymous']);
    },
  );

  it('is not believed to have no heat before it has given a tile', async () => {
    current = 'empty';
    expect(await outcome()).toEqual(['anonymous? old_anonymous', 'tile of old_anonymous']);
    expect((await outcome())[0]).toBe('old_anonymous?');
  });

  it('is believed when the old one has no heat either, or does not answer', async () => {
    current = 'empty';
    for (const answer of ['empty', 'connection'] as const) {
      old = answer;
      expect(await outcome()).toEqual(['anonymous? old_anonymous', 'empty']);
    }
    expect(sources.fail).toBe(false);
  });
});

describe('the tile of the whole world', () => {
  it('is not believed to be empty, also of a source that has given tiles', async () => {
    await fetchTile();
    current = 'empty';
    expect(await outcome(256, never, 0)).toEqual(['anonymous? old_anonymous', 'tile of old_anonymous']);
    expect((await outcome())[0]).toBe('old_anonymous?');
  });
});

describe('tiles of 1024 px', () => {
  it('come from the current source, which gets a share of the deadline once it has failed', async () => {
    current = 'timeout';
    expect(await outcome(1024)).toEqual(['anonymous', 'timeout']);
    expect(await outcome(1024)).toEqual(['anonymous?', 'timeout']);
    current = 'tile';
    expect(await outcome(1024)).toEqual(['anonymous?', 'tile of anonymous']);
    expect(await outcome(1024)).toEqual(['anonymous', 'tile of anonymous']);
  });

  it('get an error that names the sizes to request', async () => {
    const failing = sources.fetch(address(1024), never, async () => {
      throw new UpstreamError('connection', 'The upstream is unreachable (ECONNREFUSED).');
    });
    await expect(failing).rejects.toMatchObject({
      kind: 'connection',
      detail: expect.stringMatching(/ECONNREFUSED.*request 256 px or 512 px/),
    });
  });
});

describe('without an answer from either source', () => {
  beforeEach(() => {
    current = 'connection';
    old = 'timeout';
  });

  it('both are asked for each tile, and the first answer ends it', async () => {
    expect(await outcome()).toEqual(['anonymous? old_anonymous', 'timeout']);
    expect(await outcome()).toEqual(['old_anonymous? anonymous', 'connection']);
    current = 'tile';
    expect(await outcome()).toEqual(['old_anonymous? anonymous', 'tile of anonymous']);
    expect(sources.fail).toBe(false);
  });

  it('both fail until one gives a tile', async () => {
    expect(sources.fail).toBe(false);
    await fetchTile();
    expect(sources.fail).toBe(true);
    old = 'empty';
    await fetchTile();
    expect(sources.fail).toBe(true);
    old = 'tile';
    await fetchTile();
    expect(sources.fail).toBe(false);
  });

  it('a tile that no source has at this zoom needs cookies, unless one of them only failed', async () => {
    current = 'needs_cookies';
    old = 'needs_cookies';
    expect((await outcome())[1]).toBe('needs_cookies');
    old = 'connection';
    expect((await outcome())[1]).toBe('connection');
    current = 'server_error';
    old = 'needs_cookies';
    expect((await outcome())[1]).toBe('server_error');
  });

  it('the end of the deadline ends the attempts', async () => {
    expect(await outcome(256, AbortSignal.abort())).toEqual(['anonymous?', 'connection']);
  });
});

describe('the URL for a redirect', () => {
  const url = (size?: TileSize) => sources.url(address(size));

  it('is known for ten minutes after an answer', async () => {
    expect(url()).toBeUndefined();
    await fetchTile();
    expect(url()).toBe('https://tiles.example/base/anon/globalheat/all/hot/10/3/5.png?px=256&v=20');
    expect(url(1024)).toBe('https://tiles.example/base/anon/globalheat/all/hot/10/3/5@2x.png?v=20');
    clock.advance(10 * MINUTE);
    expect(url()).toBeUndefined();
  });

  it('is that of the old source while the current one fails, except for 1024 px', async () => {
    current = 'connection';
    await fetchTile();
    expect(url(512)).toBe('https://a.example/tiles/all/hot/10/3/5.png?px=512');
    expect(url(1024)).toBeUndefined();
    clock.advance(30_000);
    expect(url(512)).toBeUndefined();
  });
});
