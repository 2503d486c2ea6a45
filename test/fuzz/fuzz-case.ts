/** One request of a fuzz run and the response that the gateway must give. */
export interface FuzzCase {
  /** Row of the report. */
  readonly kind: string;
  readonly bytes: Buffer;
  /** As the gateway reads it: a response to HEAD has no body. */
  readonly method: string;
  readonly expect: Expectation;
  /** The connection may end without a response: the HTTP parser stopped, or the response was lost. */
  readonly mayEnd?: boolean;
  /** The response may be 429. */
  readonly limited?: boolean;
  /** More than one where the bytes behind a broken body are read as another request. */
  readonly maxResponses?: number;
}

/**
 * - `refused`: a 4xx response.
 * - `answered`: any response except a failure of the gateway.
 * - `served`: a 2xx response.
 * - `unfinished`: none, because the request is incomplete; a well-formed response is accepted.
 */
export type Expectation = 'refused' | 'answered' | 'served' | 'unfinished';

/** The requests of one connection, sent without waiting for responses. */
export interface Batch {
  readonly cases: readonly FuzzCase[];
  /** Whether the bytes are sent in several pieces. */
  readonly inPieces: boolean;
  /** How the client closes the connection after the last response. */
  readonly disconnect: 'fin' | 'rst';
  /** Milliseconds before the client abandons an unfinished request. */
  readonly abandonAfterMs: number;
  /** Source address, on systems whose loopback interface has more than one. */
  readonly from: string | undefined;
  readonly port: 'public' | 'management';
}
