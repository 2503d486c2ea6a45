import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { Secret } from '../../../../src/common/secret.js';
import { SessionCookieStore } from '../../../../src/cookie-store/index.js';
import { behavesLikeACookieStore, signedCookies } from '../../../support/contracts/cookie-store-contract.js';
import { temporaryFolder } from '../../../support/temporary-folder.js';

const at = temporaryFolder();
const fromFile = () => new SessionCookieStore('STRAVA_SESSION_FILE', { path: at('session') });

behavesLikeACookieStore({
  name: 'a session from the environment',
  holding: async (session) => new SessionCookieStore('STRAVA_SESSION', new Secret(session)),
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

  it('that is not there is an error that names the fault', async () => {
    await expect(fromFile().load()).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
