/** Where cookies rest between runs. */
import type { Secret } from '../../common/secret.js';
import type { SignedCookies } from '../../strava-cookies/signed-cookies.js';

export interface StoredCookies {
  /** Value of `_strava4_session`. */
  readonly session: Secret | undefined;
  readonly signed: SignedCookies | undefined;
  /** Another replica has put them in, and looks after their refresh as well. */
  readonly shared?: true;
}

export interface CookieStore {
  /** Said in messages: which file, which variable. */
  readonly place: string;
  /** What the store holds now; nothing at all is a value. Throws when it cannot be read or understood. */
  load(): Promise<StoredCookies>;
  /** Keeps `cookies`, all or nothing. Throws when it cannot. */
  save(cookies: StoredCookies): Promise<void>;
  /** Calls `changed` when somebody else may have put other cookies in; the returned function ends it. */
  watch(changed: () => void): () => void;
}
