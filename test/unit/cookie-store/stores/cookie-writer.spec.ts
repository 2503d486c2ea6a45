import { beforeEach, describe, expect, it } from '@jest/globals';
import { CookieWriter } from '../../../../src/cookie-store/stores/cookie-writer.js';
import type { CookieStore, StoredCookies } from '../../../../src/cookie-store/index.js';
import { signedCookies } from '../../../support/contracts/cookie-store-contract.js';
import { MemoryLog } from '../../../support/doubles/memory-log.js';

const cookies = (mark: string): StoredCookies => ({ session: undefined, signed: signedCookies(mark) });
const [one, two, three] = [cookies('1'), cookies('2'), cookies('3')];

let log: MemoryLog;
let saves: { cookies: StoredCookies; done: () => void; fail: (error: Error) => void }[];
let writer: CookieWriter;
const turn = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  log = new MemoryLog();
  saves = [];
  const store = {
    place: 'the place',
    save: (saved: StoredCookies) =>
      new Promise<void>((done, fail) => saves.push({ cookies: saved, done, fail })),
  };
  writer = new CookieWriter(store as unknown as CookieStore, log);
});

describe('what is written back', () => {
  it('is written one after the other, so that the last one stays', async () => {
    for (const next of [one, two]) writer.write(next);
    await turn();
    expect(saves.map((save) => save.cookies)).toEqual([one]);
    saves[0]!.done();
    await turn();
    expect(saves.map((save) => save.cookies)).toEqual([one, two]);
  });

  it('is waited for at the end, and nothing is waited for when there is nothing', async () => {
    await writer.settled();
    writer.write(one);
    let settled = false;
    const end = writer.settled().then(() => (settled = true));
    await turn();
    expect(settled).toBe(false);
    saves[0]!.done();
    await end;
  });

  it('and fails is said once, until it works again', async () => {
    const outcome = async (next: StoredCookies, error?: Error) => {
      writer.write(next);
      await turn();
      if (error) saves.at(-1)!.fail(error);
      else saves.at(-1)!.done();
      await writer.settled();
    };
    const full = Object.assign(new Error('canary'), { code: 'ENOSPC' });
    await outcome(one, full);
    await outcome(two, full);
    expect(log.lines).toEqual([
      {
        level: 'warn',
        fields: { place: 'the place', problem: 'ENOSPC' },
        message: expect.stringContaining('kept in memory'),
      },
    ]);
    await outcome(three);
    await outcome(one, full);
    expect(log.lines).toHaveLength(2);
  });
});
