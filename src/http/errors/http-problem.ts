/** An error with its HTTP status; the route decides whether it is sent as a JSON problem or an OWS exception report. */

/** Codes of OWS Common (06-121r9, 8.3) and WMTS (07-057r7, 7.1.4 and 7.2.4). */
export type ExceptionCode =
  | 'MissingParameterValue'
  | 'InvalidParameterValue'
  | 'TileOutOfRange'
  | 'VersionNegotiationFailed'
  | 'InvalidUpdateSequence'
  | 'OperationNotSupported'
  | 'NoApplicableCode';

export interface HttpProblemDetails {
  readonly exceptionCode?: ExceptionCode;
  /** Name of the invalid parameter. */
  readonly locator?: string;
  readonly retryAfterSeconds?: number | undefined;
  /** Value of `Allow`. */
  readonly allow?: string;
  /** Value of `WWW-Authenticate`. */
  readonly challenge?: string;
  /** A PNG that says the same, for a client that prefers images. */
  readonly picture?: Buffer;
}

export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';

  constructor(
    readonly status: number,
    /** A sentence for the client, without stack, secret or upstream URL. */
    readonly detail: string,
    readonly details: HttpProblemDetails = {},
  ) {
    super(detail);
  }
}
