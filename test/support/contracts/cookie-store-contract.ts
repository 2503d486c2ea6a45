import { describe, expect, it } from '@jest/globals';
import { Secret } from '../../../src/common/secret.js';
import type { CookieStore } from '../../../src/cookie-store/index.js';
import { signedCookiesOf } from '../../../src/strava-cookies/signed-cookies.js';
import { signedSet } from '../signed-cookies.js';

const NOW = Date.parse('2026-06-01T00:00:00Z');

/** A set of signed cookies that is valid for a day. */
export const signedCookies = (mark: string) =>
  signedCookiesOf(new Map(Object.entries(signedSet(mark, NOW + 86_400_000))), NOW)!;

export interface CookieStoreKind {
  readonly name: string;
  /** A store with `session`. */
  readonly holding: (session: string) => Promise<CookieStore>;
  readonly empty?: () => Promise<CookieStore>;
  /** Whether saved signed cookies are loaded again; a mounted secret is read-only. */
  readonly keepsSigned: boolean;
  /** Another store on the same data, as after a restart; undefined for a store without persistence. */
  readonly reopened?: () => CookieStore | Promise<CookieStore>;
}

/** The contract that every cookie store must meet. */
export function behavesLikeACookieStore(kind: CookieStoreKind): void {
  describe(`${kind.name} as a cookie store`, () => {
    it('loads the configured session', async () => {
      const store = await kind.holding('session-1');
      expect((await store.load()).session?.reveal()).toBe('session-1');
    });

    it('describes its place without the session', async () => {
      const store = await kind.holding('session-1');
      expect(store.place).toMatch(/./);
      expect(store.place).not.toContain('session-1');
    });

    it('loads the session after signed cookies have been saved with it', async () => {
      const store = await kind.holding('session-1');
      await store.load();
      await store.save({ session: new Secret('session-1'), signed: signedCookies('1') });
      expect((await store.load()).session?.reveal()).toBe('session-1');
    });

    it('saves without signed cookies, and without a session', async () => {
      const store = await kind.holding('session-1');
      await store.load();
      await store.save({ session: new Secret('session-1'), signed: undefined });
      await store.save({ session: undefined, signed: signedCookies('1') });
      expect((await store.load()).session?.reveal()).toBe('session-1');
    });

    it('starts and stops a watch', async () => {
      const store = await kind.holding('session-1');
      const unwatch = store.watch(() => undefined);
      unwatch();
      unwatch();
    });

    const { empty, reopened } = kind;
    if (empty)
      it('loads nothing, without an error, when it is empty', async () => {
        expect(await (await empty()).load()).toEqual({ session: undefined, signed: undefined });
      });

    if (kind.keepsSigned)
      it('loads all signed cookies of the last save', async () => {
        const store = await kind.holding('session-1');
        await store.load();
        for (const mark of ['1', '2'])
          await store.save({ session: new Secret('session-1'), signed: signedCookies(mark) });
        const { signed } = await store.load();
        expect(signed?.header.reveal()).toBe(signedCookies('2').header.reveal());
        expect(signed?.expiresAt).toBe(signedCookies('2').expiresAt);
      });

    if (reopened)
      it('loads after a restart what was saved before, an exchanged session included', async () => {
        const store = await kind.holding('session-1');
        await store.load();
        await store.save({ session: new Secret('session-2'), signed: signedCookies('1') });
        const { session, signed } = await (await reopened()).load();
        expect(session?.reveal()).toBe('session-2');
        expect(signed?.header.reveal()).toBe(signedCookies('1').header.reveal());
      });
  });
}
