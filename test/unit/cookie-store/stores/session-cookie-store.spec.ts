import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { Secret } from '../../../../src/common/secret.js';
import { SessionCookieStore } from '../../../../src/cookie-store/index.js';
import { behavesLikeACookieStore, signedCookies } from '../../../support/contracts/cookie-store-contract.js';
import { StoppedClock } from '../../../support/doubles/stopped-clock.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const at = temporaryFolder();
const clock = new StoppedClock(Date.parse('2026-06-01T00:00:00Z'));
const fromFile = () => new SessionCookieStore('STRAVA_SESSION_FILE', { path: at('session') }, clock);

behavesLikeACookieStore({
  name: 'a session from the environment',
  holding: async (session) => new SessionCookieStore('STRAVA_SESSION', new Secret(session), clock),
  keepsSigned: true,
});

behavesLikeACookieStore({
  name: 'a session from a file',
  async holding(session) {
    await writeFile(at('session'), `${session}\n`);
    return fromFile();
  },
  async empty() {
    await writeFile(at('session'), ' \n');
    return fromFile();
  },
  keepsSigned: false,
});

describe('a session from a file', () => {
  it('is read anew each time, and never written', async () => {
    await writeFile(at('session'), 'session-1');
    const store = fromFile();
    await store.load();
    await store.save({ session: new Secret('exchanged'), signed: signedCookies('1') });
    expect(await readFile(at('session'), 'utf8')).toBe('session-1');
    await writeFile(at('session'), 'session-2\r\n');
    expect((await store.load()).session?.reveal()).toBe('session-2');
  });

  it.each([
    ['in the quotes of an env file', 'STRAVA_SESSION="session-1"\n'],
    ['with its name', '_strava4_session=session-1;'],
    ['in UTF-16, as PowerShell writes it', Buffer.from('\uFEFF"session-1"\r\n', 'utf16le')],
    ['as a cookie export', '[{"name":"other","value":"x"},{"name":"_strava4_session","value":"session-1"}]'],
  ])('is read %s', async (_name, content) => {
    await writeFile(at('session'), content);
    expect((await fromFile().load()).session?.reveal()).toBe('session-1');
  });

  it('may contain further sessions', async () => {
    await writeFile(at('session'), '_strava4_session=session-1; _strava4_session=session-2');
    const { session, otherSessions } = await fromFile().load();
    expect([session, ...otherSessions!].map((each) => each?.reveal())).toEqual(['session-1', 'session-2']);
  });

  it.each(['session-1 and a word', 'other=session-1', '{"session":"session-1"}', '"session-1'])(
    'that contains no session is an error without the content: %s',
    async (content) => {
      await writeFile(at('session'), content);
      await expect(fromFile().load()).rejects.toThrow(/^(?!.*session-1).*accepted/);
    },
  );

  it('that is not there is an error that names the fault', async () => {
    await expect(fromFile().load()).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
