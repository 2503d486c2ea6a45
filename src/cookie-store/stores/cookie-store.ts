/** Persistent storage for cookies. */
import type { StoredCookies } from '../../strava-cookies/index.js';

export interface LoadedCookies extends StoredCookies {
  /** The cookies come from Redis, where another replica refreshes them. */
  readonly shared?: true;
  /** Why a store that is not empty has neither a session nor signed cookies. */
  readonly unusable?: string;
}

export interface CookieStore {
  /** Name of the file, setting or service, for messages. */
  readonly place: string;
  /** The stored cookies, possibly none. Rejects if they cannot be read or parsed. */
  load(): Promise<LoadedCookies>;
  /** Stores `cookies` completely or not at all. Rejects on failure. */
  save(cookies: StoredCookies): Promise<void>;
  /** Calls `changed` when the stored cookies may have changed; the returned function stops that. */
  watch(changed: () => void): () => void;
}
