/** Health of a group of tile sources: when it has an issue, in which words, and when it is probed. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { tileAddress } from '../../../../src/catalog/index.js';
import { SourceHealth } from '../../../../src/upstream/health/source-health.js';
import { UpstreamError } from '../../../../src/upstream/upstream-error.js';
import { WORLD_TILE } from '../../../../src/upstream/health/world-tile.js';
import { ManualClock } from '../../../support/doubles/manual-clock.js';
import { MemoryLog } from '../../../support/doubles/memory-log.js';

const SECOND = 1000;
const TILE = { kind: 'tile', body: Buffer.from('heat') } as const;
const EMPTY = { kind: 'empty' } as const;
const london = tileAddress('all-hot', 'all', 'hot', 14, 8186, 5448, 512);
const settled = async () => undefined;

let clock: ManualClock;
let log: MemoryLog;
let health: SourceHealth;
let isUsed: boolean;
/** Seconds after the start of each probe, and what happens to it. */
let probes: number[];
let outcome: () => void;

function healthOf(group: 'authenticated' | 'anonymous'): SourceHealth {
  const begun = clock.now();
  return new SourceHealth({
    group,
    clock,
    log,
    random: () => 1,
    isUsed: () => isUsed,
    probe: async () => {
      probes.push((clock.now() - begun) / SECOND);
      outcome();
    },
  });
}

beforeEach(() => {
  clock = new ManualClock();
  log = new MemoryLog();
  isUsed = true;
  probes = [];
  health = healthOf('authenticated');
  outcome = () => health.answered(WORLD_TILE, TILE, true);
});

const connection = (code: string) =>
  new UpstreamError('connection', 'Unreachable.', undefined, undefined, code);
const REFUSED = connection('ECONNREFUSED');
const BROKEN = connection('ECONNRESET');
const throttled = (seconds?: number) => new UpstreamError('throttled', 'Fewer.', seconds, 429);
const messages = () => log.lines.map(({ level, message }) => `${level}: ${message}`);

describe('a source that cannot be reached', () => {
  it.each([
    [connection('ENOTFOUND'), 'no_internet', 'no internet connection: the name of', 'the DNS server'],
    [
      connection('ENETUNREACH'),
      'no_internet',
      'no internet connection: there is no route',
      'internet connection',
    ],
    [REFUSED, 'unreachable', 'cannot be reached (ECONNREFUSED)', 'www.strava.com'],
    [new UpstreamError('timeout', 'Late.'), 'unreachable', 'does not respond in time', 'www.strava.com'],
    [
      new UpstreamError('server_error', 'Bad.', undefined, 503),
      'unreachable',
      'status 503',
      'www.strava.com',
    ],
    [
      new UpstreamError('bad_response', 'HTML.', undefined, 200),
      'unreachable',
      'other than a tile',
      'captive portal',
    ],
  ] as const)('%# is an issue with reason and action', (error, kind, reason, action) => {
    for (let i = 0; i < 3; i++) health.failed(error);
    expect(health.issue).toEqual({
      kind,
      reason: expect.stringContaining(reason),
      action: expect.stringContaining(action),
    });
    expect(messages()).toEqual(['warn: the upstream cannot be reached']);
    expect(log.lines[0]!.fields).toMatchObject({ source: 'authenticated', ...health.issue });
  });

  it('shows after one failed connection, or after three failures that may concern one request', () => {
    for (const expected of [false, false, true]) {
      health.failed(BROKEN);
      expect(health.issue !== undefined).toBe(expected);
    }
    health.answered(london, TILE);
    expect(health.issue).toBeUndefined();
    health.failed(REFUSED);
    expect(health.issue).toBeDefined();
  });

  it.each([
    ['a tile', () => health.answered(london, TILE)],
    ['no heat', () => health.answered(london, EMPTY)],
    ['a refusal', () => health.reached()],
  ])('is reached again with %s', (_name, answer) => {
    health.failed(REFUSED);
    answer();
    expect(health.issue).toBeUndefined();
    expect(messages()[1]).toBe('info: the upstream can be reached again');
  });

  it('is probed after pauses that double, and recovers without a client', async () => {
    outcome = () => health.failed(REFUSED);
    health.failed(REFUSED);
    await clock.advance(400 * SECOND, settled);
    expect(probes).toEqual([10, 30, 70, 150, 310]);
    outcome = () => health.answered(WORLD_TILE, TILE, true);
    await clock.advance(300 * SECOND, settled);
    expect(health.issue).toBeUndefined();
    expect(clock.next).toBeUndefined();
    expect(messages()).toEqual([
      'warn: the upstream cannot be reached',
      'info: the upstream can be reached again',
    ]);
  });

  it('is not probed while tiles come from another one, which ends the issue', async () => {
    health.failed(REFUSED);
    isUsed = false;
    await clock.advance(3600 * SECOND, settled);
    expect(probes).toEqual([]);
    expect([health.issue, clock.next]).toEqual([undefined, undefined]);
  });

  it('is not probed after the stop', async () => {
    health.failed(REFUSED);
    health.stop();
    await clock.advance(3600 * SECOND, settled);
    expect(probes).toEqual([]);
  });

  it('of anonymous tiles is an issue of both sources', () => {
    health = healthOf('anonymous');
    health.failed(new UpstreamError('server_error', 'Bad.', undefined, 500), true);
    expect(health.issue?.reason).toBe('neither source of anonymous tiles answers');
    health.failed(connection('EAI_AGAIN'), true);
    expect(health.issue?.kind).toBe('no_internet');
  });
});

describe('a source that throttles', () => {
  it('is an issue with the end of the pause, in the log as well, and no probe shortens a short pause', async () => {
    health.throttled(throttled(30));
    expect(health.issue).toMatchObject({
      kind: 'throttled',
      reason: 'Strava asks for fewer requests; the gateway sends none until 2026-06-01T00:00:30.000Z',
    });
    expect(log.lines).toMatchObject([
      { level: 'warn', fields: { source: 'authenticated', status: 429, seconds: 30 } },
    ]);
    await clock.advance(30 * SECOND, settled);
    expect([health.issue, probes]).toEqual([undefined, []]);
    health.answered(london, TILE);
    expect(messages()[1]).toBe('info: the upstream accepts requests again');
  });

  it('is probed during a pause of an hour, which the first accepted probe ends', async () => {
    outcome = () => health.throttled(throttled(3600));
    health.throttled(throttled(3600));
    await clock.advance(3600 * SECOND, settled);
    expect(probes).toEqual([60, 180, 420, 900, 1500, 2100, 2700, 3300]);
    outcome = () => health.answered(WORLD_TILE, TILE, true);
    await clock.advance(600 * SECOND, settled);
    expect(health.issue).toBeUndefined();
    expect(messages()).toEqual([
      'warn: the upstream throttles; tile requests pause',
      'info: the upstream accepts requests again',
    ]);
  });

  it('is probed no earlier than a pause allows, if it could not be reached before', async () => {
    health.failed(BROKEN);
    health.throttled(throttled(40));
    await clock.advance(39 * SECOND, settled);
    expect(probes).toEqual([]);
    await clock.advance(SECOND, settled);
    expect(probes).toEqual([40]);
  });
});

describe('a source whose every tile is empty', () => {
  const empty = (count: number) => {
    for (let i = 0; i < count; i++) health.answered(london, EMPTY);
  };

  it('is doubted when a tile with heat becomes empty, or after ten empty tiles in a row', () => {
    expect([health.doubts(false), health.doubts(true)]).toEqual([false, true]);
    empty(9);
    expect(health.doubts(false)).toBe(false);
    empty(1);
    expect(health.doubts(false)).toBe(true);
    health.answered(london, TILE);
    expect(health.doubts(false)).toBe(false);
  });

  it('is believed for half a minute after the world tile was seen, except where a tile had heat', async () => {
    health.answered(WORLD_TILE, TILE);
    empty(50);
    expect([health.doubts(false), health.doubts(true)]).toEqual([false, true]);
    await clock.advance(30 * SECOND, settled);
    expect([health.doubts(false), health.doubts(true)]).toEqual([true, true]);
  });

  it('is an issue once the world tile is empty, and is probed until a tile has heat', async () => {
    outcome = () => health.answered(WORLD_TILE, EMPTY, true);
    health.answered(WORLD_TILE, EMPTY);
    expect(health.issue).toMatchObject({
      kind: 'blank',
      action: expect.stringContaining('STRAVA_TILES_URL'),
    });
    expect(health.doubts(true)).toBe(false);
    await clock.advance(30 * SECOND, settled);
    expect(probes).toEqual([10, 30]);
    outcome = () => health.answered(WORLD_TILE, TILE, true);
    await clock.advance(60 * SECOND, settled);
    expect([health.issue, health.isBlank, clock.next]).toEqual([undefined, false, undefined]);
    expect(messages()).toEqual([
      'warn: the upstream has no tile at all; empty tiles do not replace cached ones',
      'info: the upstream has tiles again',
    ]);
  });
});
