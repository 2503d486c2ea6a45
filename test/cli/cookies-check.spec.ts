import { chmod, readFile, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fullCookies, sessionOnly } from '../support/gateway.js';
import { Bench, seen, type Ended } from '../support/command.js';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.open();
});

afterEach(() => bench.close());

async function check(cookies: unknown, ...args: string[]): Promise<Ended> {
  const content = JSON.stringify(cookies);
  await writeFile(bench.cookiesFile, content, { mode: 0o600 });
  const ended = await bench.run(['cookies', 'check', ...args]);
  if (!args.includes('--save')) expect(await readFile(bench.cookiesFile, 'utf8')).toBe(content);
  const held = (await bench.cookies()).map(({ value }) => value).filter((value) => !/^\d+$/.test(value));
  expect(seen(ended, held)).toEqual([]);
  return ended;
}

const report = ({ out }: Ended) => JSON.parse(out) as Record<string, unknown>;

function expired(): { name: string; value: string }[] {
  const cookies = bench.simulator.issueCookies({ lifetimeSeconds: -3600 });
  return Object.entries(cookies).map(([name, value]) => ({ name, value }));
}

describe('cookies check', () => {
  it('tells people that everything works, and until when', async () => {
    const { code, out, err } = await check(fullCookies(bench.simulator));
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/the session \(_strava4_session\); 1 set of signed cookies; 1 other cookie\./);
    expect(out).toMatch(/Signed cookies: valid until \d{4}-\d\d-\d\dT/);
    expect(out).toMatch(/Refresh: works, the new cookies are valid until \d{4}-/);
    expect(out).toMatch(/Tile: (loads|works, though there is no heat in it)\./);
    expect(out).not.toContain('Warning');
    expect(bench.simulator.counters.refreshes.total).toBe(1);
    expect(bench.simulator.counters.requests.tiles).toBe(1);
  });

  it('tells scripts the same', async () => {
    const ended = await check(fullCookies(bench.simulator), '--json');
    expect(report(ended)).toMatchObject({
      status: 'ok',
      exitCode: 0,
      file: bench.cookiesFile,
      mode: '0600',
      found: {
        names: { _strava4_session: 1, 'CloudFront-Policy': 1, _strava_idcf: 1 },
        others: 1,
        signedSets: 1,
      },
      expires: expect.stringMatching(/Z$/),
      refresh: { result: 'success' },
      tile: { result: expect.stringMatching(/^(tile|empty)$/) },
      saved: false,
      warnings: [],
    });
  });

  it('counts a place without heat as a tile that works', async () => {
    bench.simulator.switches.emptyEverywhere = true;
    const { code, out } = await check(fullCookies(bench.simulator));
    expect(code).toBe(0);
    expect(out).toContain('Tile: loads, it contains no heat.');
  });

  it('is content with expired cookies whose session still yields new ones, and saves those with --save', async () => {
    const cookies = [...sessionOnly(bench.simulator), ...expired()];
    const { code, out } = await check(cookies);
    expect(code).toBe(0);
    expect(out).toMatch(/Signed cookies: expired at/);
    const saved = await check([{ name: 'unrelated', value: 'stays-here' }, ...cookies], '--save', '--json');
    expect(report(saved)).toMatchObject({ status: 'ok', saved: true });
    expect((await bench.cookies())[0]).toEqual({ name: 'unrelated', value: 'stays-here' });
    const again = await check(await bench.cookies(), '--json');
    expect(Date.parse(String(report(again).expires))).toBeGreaterThan(Date.now());
  });

  it.each(['redirect', 'no-cookies'] as const)(
    'tells a dead session (%s) with exit code 3 and what to do',
    async (face) => {
      bench.simulator.endSession(face);
      const ended = await check([...sessionOnly(bench.simulator), ...expired()]);
      expect(ended.code).toBe(3);
      expect(ended.out).toMatch(/Refresh: rejected, Strava/);
      expect(ended.out).toContain('Tile: not tested');
      expect(ended.err).toMatch(/The cookies are not valid: .*export the cookies again.*login"/);
    },
  );

  it('tells an account whose set-up is not finished with exit code 3 and what to do', async () => {
    bench.simulator.switches.onboarding = true;
    const ended = await check(sessionOnly(bench.simulator));
    expect(ended.code).toBe(3);
    expect(ended.out).toContain('Refresh: rejected, Strava asks to finish the set-up of the account.');
    expect(ended.err).toMatch(/gives no access yet: .*finish the set-up of the account there/);
    expect(ended.err).not.toContain('export');
    expect(report(await check(fullCookies(bench.simulator), '--json'))).toMatchObject({
      status: 'onboarding',
      exitCode: 3,
      refresh: { result: 'onboarding' },
      tile: { result: expect.stringMatching(/^(tile|empty)$/) },
    });
  });

  it('takes the session of a visitor for no proof of a login', async () => {
    const visit = await fetch(bench.simulator.webUrl);
    const [, value] = /_strava4_session=([^;]+)/.exec(visit.headers.get('set-cookie')!)!;
    const ended = await check([{ name: '_strava4_session', value }], '--json');
    expect(report(ended)).toMatchObject({ status: 'session_rejected', exitCode: 3 });
  });

  it('tells a dead session although the signed cookies still open a tile', async () => {
    bench.simulator.endSession('redirect');
    const ended = await check(fullCookies(bench.simulator), '--json');
    expect(report(ended)).toMatchObject({
      status: 'session_rejected',
      exitCode: 3,
      refresh: { result: 'session_rejected' },
      tile: { result: expect.stringMatching(/^(tile|empty)$/) },
    });
  });

  it('warns when there is no session, and takes signed cookies for what they are', async () => {
    const signed = fullCookies(bench.simulator).filter(({ name }) => name !== '_strava4_session');
    const { code, out } = await check(signed);
    expect(code).toBe(0);
    expect(out).toContain('Warning: the file contains no session');
    bench.simulator.revokeKeyPair();
    const refused = await check(signed, '--json');
    expect(report(refused)).toMatchObject({
      status: 'session_rejected',
      exitCode: 3,
      tile: { result: 'refused' },
    });
    expect((await check(expired())).code).toBe(3);
    expect((await check([])).code).toBe(3);
  });

  it('tells trouble of Strava from bad cookies, with exit code 5', async () => {
    bench.simulator.switches.web = { kind: 'status', status: 503 };
    const web = await check(fullCookies(bench.simulator), '--json');
    expect(report(web)).toMatchObject({
      status: 'upstream_error',
      exitCode: 5,
      refresh: { result: 'upstream_error' },
    });
    bench.simulator.reset();
    bench.simulator.switches.tiles = { kind: 'html' };
    const tiles = await check(fullCookies(bench.simulator));
    expect(tiles.code).toBe(5);
    expect(tiles.out).toContain('Tile: failed, the upstream responded with something other than a PNG.');
    bench.simulator.reset();
    bench.simulator.switches.refuseAll = true;
    expect((await check(fullCookies(bench.simulator))).code).toBe(5);
  });

  it('waits no longer than UPSTREAM_TIMEOUT_MS', async () => {
    await writeFile(bench.cookiesFile, JSON.stringify(fullCookies(bench.simulator)));
    const env = { UPSTREAM_TIMEOUT_MS: '500' };
    bench.simulator.switches.tiles = { kind: 'stall' };
    const tiles = await bench.run(['cookies', 'check'], env);
    expect([tiles.code, tiles.out]).toEqual([
      5,
      expect.stringContaining('failed, the upstream did not respond in time.'),
    ]);
    bench.simulator.switches.web = { kind: 'stall' };
    const both = await bench.run(['cookies', 'check'], env);
    expect([both.code, both.out]).toEqual([
      5,
      expect.stringContaining('cannot be reached (no answer in time)'),
    ]);
  });

  it('warns of permissions that are too open', async () => {
    await writeFile(bench.cookiesFile, JSON.stringify(sessionOnly(bench.simulator)));
    await chmod(bench.cookiesFile, 0o644);
    const { code, out } = await bench.run(['cookies', 'check']);
    expect(code).toBe(0);
    expect(out).toContain(
      `permissions 0644 for ${bench.cookiesFile} are too open; run chmod 600 ${bench.cookiesFile}`,
    );
  });

  it('says which file is missing or not understood', async () => {
    const missing = await bench.run(['cookies', 'check', '--cookies', 'nowhere.json', '--json']);
    expect([missing.code, missing.err]).toEqual([
      1,
      'nowhere.json cannot be read: no such file or directory (ENOENT)\n',
    ]);
    expect(JSON.parse(missing.out)).toMatchObject({ status: 'failed', exitCode: 1 });
    await writeFile(bench.path('broken.json'), '{"broken');
    expect((await bench.run(['cookies', 'check', '--cookies', 'broken.json'])).code).toBe(1);
  });
});
