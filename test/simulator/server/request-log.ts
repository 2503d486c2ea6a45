import type { IncomingHttpHeaders } from 'node:http';
import type { HostName } from '../switches.js';

/** One request as it arrived. */
export interface RecordedRequest {
  method: string;
  host: HostName;
  /** Path and query. */
  url: string;
  headers: IncomingHttpHeaders;
  /** 0 until answered, and for good when the connection was cut or left hanging. */
  status: number;
  /** Epoch milliseconds of the simulator's clock. */
  at: number;
}

const KEPT = 5000;

/** Appends in place and forgets the oldest beyond the last 5000. */
export function remember(requests: RecordedRequest[], request: RecordedRequest): void {
  requests.push(request);
  if (requests.length > KEPT) requests.shift();
}
