/** One request of the fuzz run: its bytes, and what the gateway owes them. */
export interface Shot {
  /** The row in which the report counts it. */
  readonly kind: string;
  readonly bytes: Buffer;
  /** As the gateway reads it: the answer to HEAD has no body. */
  readonly method: string;
  readonly due: Due;
  /** The connection may end without an answer: a parser gave up, or the answer was lost on the way. */
  readonly mayEnd?: boolean;
  /** The answer may be 429. */
  readonly limited?: boolean;
  /** How many answers the bytes may get at most, when not one: what follows a broken body is another request. */
  readonly answers?: number;
}

/**
 * - `refused`: a 4xx answer.
 * - `answered`: an answer that is no failure of the gateway.
 * - `served`: a 2xx answer.
 * - `unfinished`: nothing, since the request is not whole; anything but nonsense is fine.
 */
export type Due = 'refused' | 'answered' | 'served' | 'unfinished';

/** The requests of one connection, sent one behind the other without waiting. */
export interface Volley {
  readonly shots: readonly Shot[];
  /** Whether the bytes go out in several pieces. */
  readonly inPieces: boolean;
  /** How the client goes away, once it has what it waits for. */
  readonly farewell: 'fin' | 'rst';
  /** Milliseconds before a client with an unfinished request gives up. */
  readonly patienceMs: number;
  /** Address of the client, where the system has more than one of its own. */
  readonly from: string | undefined;
  readonly port: 'public' | 'management';
}
