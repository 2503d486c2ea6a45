/** Login without a browser: requests the form of the web host and posts it. */
import type { Dispatcher } from 'undici';
import { Secret } from '../common/secret.js';
import { USER_AGENT } from '../common/net/user-agent.js';
import { authenticityToken } from './authenticity-token.js';
import { CookieJar } from './cookie-jar.js';
import type { Credentials, LoginAnswer, LoginStrategy } from './login-strategy.js';
import { additionalCheck, hostFailure, loginFailure } from './classify-login.js';
import { SESSION_COOKIE } from '../strava-cookies/index.js';

export interface FormLoginOptions {
  /** Base URL of the web host. */
  readonly webUrl: string;
  readonly credentials: Credentials;
  readonly dispatcher: Dispatcher;
}

/** Read limit of a page: the token and the signs of a captcha are near the top. */
const MAX_PAGE_BYTES = 1024 * 1024;

export class FormLogin implements LoginStrategy {
  constructor(private readonly options: FormLoginOptions) {}

  async login(signal: AbortSignal): Promise<LoginAnswer> {
    try {
      return await this.attempt(signal);
    } catch (error) {
      const why = signal.aborted ? 'no answer in time' : ((error as NodeJS.ErrnoException).code ?? 'unknown');
      return { kind: 'upstream_error', detail: `the web host cannot be reached (${why})` };
    }
  }

  private async attempt(signal: AbortSignal): Promise<LoginAnswer> {
    const { webUrl, credentials } = this.options;
    const jar = new CookieJar();
    const form = await this.request(`${webUrl}/login`, { method: 'GET' }, jar, signal);
    if (form.status === 429 || form.status >= 500) return hostFailure(form.status);
    const token = form.status === 200 ? authenticityToken(form.html) : undefined;
    if (token === undefined) return additionalCheck('the login page has no form that a program can fill in');
    const body = new URLSearchParams({
      authenticity_token: token,
      email: credentials.email.reveal(),
      password: credentials.password.reveal(),
      remember_me: 'on',
    }).toString();
    const url = `${webUrl}/session`;
    const response = await this.request(url, { method: 'POST', body }, jar, signal);
    const failure = loginFailure({ ...response, url });
    if (failure) return failure;
    const session = jar.get(SESSION_COOKIE);
    return session === undefined
      ? additionalCheck('Strava accepted the login, but set no session cookie')
      : { kind: 'success', session: new Secret(session) };
  }

  /** One request with the cookies of the jar; redirects are not followed. Rejects without a complete response. */
  private async request(
    target: string,
    { method, body }: { readonly method: 'GET' | 'POST'; readonly body?: string },
    jar: CookieJar,
    signal: AbortSignal,
  ): Promise<{ status: number; location: string | undefined; html: string }> {
    const { origin, pathname } = new URL(target);
    const headers: Record<string, string> = { accept: 'text/html', 'user-agent': USER_AGENT };
    const cookie = jar.header();
    if (cookie !== '') headers.cookie = cookie;
    if (body !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
    const response = await this.options.dispatcher.request({
      origin,
      path: pathname,
      method,
      headers,
      body: body ?? null,
      signal,
    });
    jar.take(response.headers['set-cookie']);
    const location = response.headers.location?.toString();
    return { status: response.statusCode, location, html: await beginning(response.body) };
  }
}

/** The body up to the read limit. */
async function beginning(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= MAX_PAGE_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
