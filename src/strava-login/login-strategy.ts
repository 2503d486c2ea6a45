/** Ways to come by a session of the web host, behind one door. */
import type { Secret } from '../common/secret.js';

export interface LoginStrategy {
  /** One attempt, never a second one by itself. Never rejects: trouble, and an abort too, is an answer. */
  login(signal: AbortSignal): Promise<LoginAnswer>;
}

export type LoginAnswer = LoginSuccess | LoginFailure;

export interface LoginSuccess {
  readonly kind: 'success';
  /** Value of the session cookie. */
  readonly session: Secret;
}

export interface LoginFailure {
  /**
   * - `wrong_credentials`: the web host does not take this e-mail and password
   * - `captcha`: it wants more than e-mail and password, or something that nobody expected
   * - `upstream_error`: it cannot be reached or is in trouble; nothing is known of the credentials
   * - `no_browser`: there is nothing to drive
   */
  readonly kind: 'wrong_credentials' | 'captcha' | 'upstream_error' | 'no_browser';
  /** A clause fit for a log: no e-mail, password or cookie in it. */
  readonly detail: string;
}

export interface Credentials {
  readonly email: Secret;
  readonly password: Secret;
}
