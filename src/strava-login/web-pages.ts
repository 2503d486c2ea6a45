/** The page that a browser shows on the web host, and its session cookie. */
import type { BrowserContext } from 'playwright-core';
import { SESSION_COOKIE } from '../strava-cookies/index.js';

/** Pages that are shown without a login. */
const BEFORE_LOGIN = /^\/(login|session|register|oauth)(\/|$)/;

/** Paths of the open pages that require a login, separated by spaces; empty if there are none. */
export function pagesBeyondLogin(urls: readonly string[], webUrl: string): string {
  const base = new URL(webUrl);
  const prefix = base.pathname.replace(/\/$/, '');
  return urls
    .filter((url) => URL.canParse(url))
    .map((url) => new URL(url))
    .filter(({ origin, pathname }) => origin === base.origin && pathname.startsWith(prefix))
    .map(({ pathname }) => pathname.slice(prefix.length))
    .filter((path) => !BEFORE_LOGIN.test(path))
    .join(' ');
}

/** Value of the session cookie that the browser would send to the web host. */
export async function sessionOf(context: BrowserContext, webUrl: string): Promise<string | undefined> {
  const cookies = await context.cookies(webUrl);
  return cookies.find(({ name, value }) => name === SESSION_COOKIE && value !== '')?.value;
}
