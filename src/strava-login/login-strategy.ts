/** The interface of every way to get a session from the web host. */
import type { Secret } from '../common/secret.js';

export interface LoginStrategy {
  /** One attempt, without retry. Never rejects: errors and an abort are answers. */
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
   * - `wrong_credentials`: the web host does not accept this e-mail and password
   * - `captcha`: it requires more than e-mail and password, or responds in an unknown way
   * - `upstream_error`: it cannot be reached or fails; the credentials were not checked
   * - `no_browser`: there is no browser to use
   */
  readonly kind: 'wrong_credentials' | 'captcha' | 'upstream_error' | 'no_browser';
  /** A clause for the log, without e-mail, password or cookie. */
  readonly detail: string;
}

export interface Credentials {
  readonly email: Secret;
  readonly password: Secret;
}
