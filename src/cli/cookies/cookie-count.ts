/** Names and numbers of cookies, never their values. Pure. */
import {
  type CookieEntry,
  KNOWN_COOKIES,
  SESSION_COOKIE,
  SIGNED_COOKIES,
  isCookieValue,
} from '../../strava-cookies/index.js';

export interface CookieCount {
  /** Usable entries of each known name. */
  readonly names: Readonly<Record<string, number>>;
  /** Number of entries with any other name. In a file of another kind, a name can be a secret. */
  readonly others: number;
  /** Complete sets of the four signed cookies. */
  readonly signedSets: number;
}

export function countCookies(entries: readonly CookieEntry[]): CookieCount {
  const names = Object.fromEntries(
    KNOWN_COOKIES.map((name) => [
      name,
      entries.filter((entry) => entry.name === name && isCookieValue(entry.value)).length,
    ]),
  );
  return {
    names,
    others: entries.filter(({ name }) => !KNOWN_COOKIES.includes(name)).length,
    signedSets: Math.min(...SIGNED_COOKIES.map((name) => names[name]!)),
  };
}

/** "the session; 1 set of signed cookies; 3 other cookies". */
export function inWords({ names, others, signedSets }: CookieCount): string {
  const sessions = names[SESSION_COOKIE]!;
  const some = SIGNED_COOKIES.filter((name) => names[name]! > 0);
  const signed =
    signedSets > 0
      ? `${plural(signedSets, 'set')} of signed cookies`
      : some.length > 0
        ? `an incomplete set of signed cookies (only ${some.join(', ')})`
        : 'no signed cookies';
  return [
    sessions === 0
      ? 'no session'
      : `${sessions === 1 ? 'the session' : `${sessions} sessions`} (${SESSION_COOKIE})`,
    signed,
    plural(others, 'other cookie'),
  ].join('; ');
}

/** "; 2 entries that are no cookies were ignored". */
export function passedOverWords(count: number): string {
  if (count === 0) return '';
  return `; ${count === 1 ? '1 entry that is no cookie was' : `${count} entries that are no cookies were`} ignored`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
