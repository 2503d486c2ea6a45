import { createHash } from 'node:crypto';
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseKeyFile } from '../../src/auth-keys/key-file.js';
import { eventually } from '../support/eventually.js';
import { startGateway, type RunningGateway } from '../support/gateway.js';
import { Bench } from '../support/command.js';

const TILE = '/xyz/all/hot/3/4/2.png';

let bench: Bench;
let file: string;
let running: RunningGateway | undefined;

beforeEach(async () => {
  bench = await Bench.open();
  file = bench.path('api-keys.json');
});

afterEach(async () => {
  await running?.close();
  running = undefined;
  await bench.close();
});

const keys = (...args: string[]) => bench.run(['keys', ...args, '--apikeys', file]);

async function added(...args: string[]): Promise<string> {
  const { code, out } = await keys('add', ...args, '--json');
  expect(code).toBe(0);
  return (JSON.parse(out) as { key: string }).key;
}

describe('keys add', () => {
  it('makes a key of 256 bits, shows it once and stores its SHA-256 in a file of mode 0600', async () => {
    const { code, out, err } = await keys('add', 'alice');
    const shown = [...out.matchAll(/^ {2}([A-Za-z0-9_-]{43})$/gm)].map(([, key]) => key!);
    expect([code, err, shown.length]).toEqual([0, '', 1]);
    expect(out.split(shown[0]!).length).toBe(2);
    const sha256 = createHash('sha256').update(shown[0]!).digest('hex');
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ keys: [{ id: 'alice', sha256 }] });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await keys('list').then(({ out: list }) => list)).not.toContain(shown[0]);
  });

  it('keeps every entry that is there as it is, plain ones too', async () => {
    const before = [
      'plain-key',
      { id: 'bob', key: 'bobs-key', rateLimit: { max: 5, seconds: 60 } },
      { id: 'old', sha256: 'A'.repeat(64), expires: '2020-01-01', layers: ['ride-*'] },
    ];
    await writeFile(file, JSON.stringify({ keys: before }));
    await added('carol', '--expires', '2099-12-31', '--layers', 'all-hot, ride-*');
    const after = JSON.parse(await readFile(file, 'utf8')) as { keys: unknown[] };
    expect(after.keys.slice(0, 3)).toEqual(before);
    expect(after.keys[3]).toMatchObject({
      id: 'carol',
      expires: '2099-12-31',
      layers: ['all-hot', 'ride-*'],
    });
    expect(parseKeyFile(JSON.stringify(after)).length).toBe(4);
  });

  it.each([
    [['alice'], 1, 'contains a key with the name alice already'],
    [['keys.7'], 2, 'is reserved for keys without a name'],
    [['not a name'], 2, 'NAME must have 1 to 64 characters'],
    [['dora', '--expires', 'soon'], 2, '--expires must be a date or time such as 2027-01-31'],
    [['dora', '--expires', 'tomorrow'], 2, 'found "tomorrow" (see'],
    [['dora', '--expires', '31.1.2027'], 2, 'found "31.1.2027" (see'],
    [['dora', '--expires', 'soon', '--max-zoom', '99'], 2, 'found "soon"; --max-zoom must be'],
    [['dora', '--expires', '2020-01-01'], 2, '--expires must be in the future'],
    [['dora', '--layers', 'all hot'], 2, '--layers must be a layer'],
    [['dora', '--sports', 'ride*'], 2, '--sports must be a sport'],
    [['dora', '--colors', ''], 2, '--colors must be a colour'],
    [['dora', '--max-zoom', '17'], 2, '--max-zoom must be a zoom level from 0 to 16, found "17"'],
    [['dora', '--max-zoom', 'deep'], 2, '--max-zoom must be a zoom level from 0 to 16, found "deep"'],
    [['dora', '--origins', 'gpx.studio'], 2, '--origins must be an origin'],
    [['dora', '--rate-limit', '0'], 2, '--rate-limit must be a number of requests'],
  ])('refuses %j and leaves the file alone', async (args, exit, sentence) => {
    await added('alice');
    const before = await readFile(file, 'utf8');
    const { code, out, err } = await keys('add', ...args);
    expect([code, out]).toEqual([exit, '']);
    expect(err).toContain(sentence);
    expect(err).not.toContain('"keys": [');
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  it('loses no key when several are added at the same time', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(names.map((name) => added(name)));
    const { keys: entries } = JSON.parse(await readFile(file, 'utf8')) as { keys: { id: string }[] };
    expect(entries.map(({ id }) => id).sort()).toEqual(names);
    expect(await readdir(dirname(file))).not.toContain(`${basename(file)}.lock`);
  });

  it('does not wait for a command that died at work', async () => {
    await writeFile(`${file}.lock`, '');
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(`${file}.lock`, longAgo, longAgo);
    await added('alice');
  });

  it('does not touch a file that it does not understand, and shows nothing of it', async () => {
    await writeFile(file, '{"keys": ["secret-key');
    const { code, err } = await keys('add', 'alice');
    expect(code).toBe(1);
    expect(err).toMatch(/api-keys\.json: the API key file is not usable: it is not valid JSON/);
    expect(err).not.toContain('secret-key');
    expect(await readFile(file, 'utf8')).toBe('{"keys": ["secret-key');
  });

  it('writes every limit into the file, and says it', async () => {
    const flags = ['--sports', 'ride,run', '--colors', 'hot', '--max-zoom', '12'];
    flags.push('--origins', 'https://gpx.studio', '--rate-limit', '600', '--json');
    const limits = {
      sports: ['ride', 'run'],
      colors: ['hot'],
      maxZoom: 12,
      origins: ['https://gpx.studio'],
      rateLimit: { max: 600, seconds: 60 },
    };
    const { code, out } = await keys('add', 'eve', ...flags);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ ...limits, layers: null, expires: null });
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ keys: [{ id: 'eve', ...limits }] });
  });

  it('warns of a key that opens nothing', async () => {
    const { code, err } = await keys('add', 'alice', '--sports', 'sport_Ride', '--layers', 'run-*');
    expect(code).toBe(0);
    expect(err).toBe('Warning: the key alice gives access to no layer of this gateway.\n');
  });

  it('warns of a layer that is not offered', async () => {
    const { code, err } = await keys('add', 'alice', '--layers', 'all-hot,sport_Rde-*');
    expect(code).toBe(0);
    expect(err).toBe('Warning: no layer of this gateway matches sport_Rde-*.\n');
  });
});

describe('keys list', () => {
  it('tells name, kind, expiry and limits, and never a key', async () => {
    await writeFile(
      file,
      JSON.stringify({
        keys: [
          'plain-key',
          { id: 'bob', key: 'bobs-key', expires: '2020-01-01' },
          {
            id: 'carol',
            sha256: 'a'.repeat(64),
            layers: ['ride-*', 'all-hot'],
            maxZoom: 12,
            rateLimit: { max: 9 },
          },
        ],
      }),
    );
    const { code, out } = await keys('list');
    expect(code).toBe(0);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      ['NAME', 'KIND', 'EXPIRES', 'LIMITS'],
      ['keys.0', 'plain', 'never', 'none'],
      ['bob', 'plain', '2020-01-01T00:00:00.000Z (expired)', 'none'],
      ['carol', 'sha256', 'never', 'layers ride-*,all-hot; maxZoom 12; rateLimit {"max":9,"seconds":60}'],
    ]);
    const json = await keys('list', '--json');
    expect(JSON.parse(json.out)).toMatchObject({
      keys: [
        { id: 'keys.0', kind: 'plain', expires: null, expired: false, layers: null },
        { id: 'bob', expired: true },
        { id: 'carol', kind: 'sha256', layers: ['ride-*', 'all-hot'], maxZoom: 12, sports: null },
      ],
    });
    expect(out + json.out).not.toMatch(/plain-key|bobs-key|a{64}/);
  });
});

describe('keys revoke', () => {
  it('takes a key out by its name or place, but never the last one', async () => {
    await writeFile(
      file,
      JSON.stringify({ keys: [{ id: 'bob', key: 'bobs-key' }, 'plain-key', 'other-key'] }),
    );
    expect((await keys('revoke', 'bob')).out).toContain('decrease by one');
    expect((await keys('revoke', 'keys.0')).code).toBe(0);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ keys: ['other-key'] });
    const last = await keys('revoke', 'keys.0');
    expect([last.code, last.err]).toEqual([1, expect.stringContaining('is the last key')]);
    expect((await keys('revoke', 'nobody')).code).toBe(1);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ keys: ['other-key'] });
  });
});

describe('a gateway', () => {
  it('takes a key that was added and refuses one that was revoked, without a restart', async () => {
    const alice = await added('alice');
    running = await startGateway(bench.simulator, { env: { API_KEYS_FILE: file } });
    const status = async (key: string) =>
      (await fetch(`${running!.url}${TILE}`, { headers: { 'x-api-key': key } })).status;
    expect(await status(alice)).toBe(200);
    const bob = await added('bob');
    await eventually(async () => (await status(bob)) === 200, 3000);
    expect((await keys('revoke', 'alice')).code).toBe(0);
    await eventually(async () => (await status(alice)) === 401, 3000);
    expect(await status(bob)).toBe(200);
  });
});
