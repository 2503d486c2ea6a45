import { describe, expect, it } from '@jest/globals';
import { Secret } from '../../../src/common/secret.js';
import type { CookieStore } from '../../../src/cookie-store/index.js';
import { signedCookiesOf } from '../../../src/strava-cookies/signed-cookies.js';
import { signedSet } from '../signed-cookies.js';

const NOW = Date.parse('2026-06-01T00:00:00Z');

/** A set of signed cookies that lasts a day. */
export const signedCookies = (mark: string) =>
  signedCookiesOf(new Map(Object.entries(signedSet(mark, NOW + 86_400_000))), NOW)!;

export interface CookieStoreKind {
  readonly name: string;
  /** A store into which a person has put `session`, or nothing. Absent where nothing cannot be put in. */
  readonly holding: (session: string) => Promise<CookieStore>;
  readonly empty?: () => Promise<CookieStore>;
  /** Whether what was saved is there for the next load; a mounted secret is read only. */
  readonly keepsSigned: boolean;
  /** Another store on the same place, as after a restart; absent where nothing outlives the process. */
  readonly reopened?: () => CookieStore;
}

/** What the keeper relies on, whatever the store. */
export function behavesLikeACookieStore(kind: CookieStoreKind): void {
  describe(`${kind.name} as a cookie store`, () => {
    it('gives the session that a person put in', async () => {
      const store = await kind.holding('session-1');
      expect((await store.load()).session?.reveal()).toBe('session-1');
    });

    it('names its place, and never the session', async () => {
      const store = await kind.holding('session-1');
      expect(store.place).toMatch(/./);
      expect(store.place).not.toContain('session-1');
    });

    it('still gives the session after signed cookies were saved with it', async () => {
      const store = await kind.holding('session-1');
      await store.load();
      await store.save({ session: new Secret('session-1'), signed: signedCookies('1') });
      expect((await store.load()).session?.reveal()).toBe('session-1');
    });

    it('takes a save without signed cookies, and one without a session', async () => {
      const store = await kind.holding('session-1');
      await store.load();
      await store.save({ session: new Secret('session-1'), signed: undefined });
      await store.save({ session: undefined, signed: signedCookies('1') });
      expect((await store.load()).session?.reveal()).toBe('session-1');
    });

    it('can be watched, and left alone again', async () => {
      const store = await kind.holding('session-1');
      const unwatch = store.watch(() => undefined);
      unwatch();
      unwatch();
    });

    const { empty, reopened } = kind;
    if (empty)
      it('gives nothing, and no error, where nothing was put in', async () => {
        expect(await (await empty()).load()).toEqual({ session: undefined, signed: undefined });
      });

    if (kind.keepsSigned)
      it('gives the signed cookies that were saved last, and all of them', async () => {
        const store = await kind.holding('session-1');
        await store.load();
        for (const mark of ['1', '2'])
          await store.save({ session: new Secret('session-1'), signed: signedCookies(mark) });
        const { signed } = await store.load();
        expect(signed?.header.reveal()).toBe(signedCookies('2').header.reveal());
        expect(signed?.expiresAt).toBe(signedCookies('2').expiresAt);
      });

    if (reopened)
      it('gives after a restart what was saved before, a session that was exchanged included', async () => {
        const store = await kind.holding('session-1');
        await store.load();
        await store.save({ session: new Secret('session-2'), signed: signedCookies('1') });
        const { session, signed } = await reopened().load();
        expect(session?.reveal()).toBe('session-2');
        expect(signed?.header.reveal()).toBe(signedCookies('1').header.reveal());
      });
  });
}
