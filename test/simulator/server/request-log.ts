import type { IncomingHttpHeaders } from 'node:http';
import type { HostName } from '../switches.js';

/** One request as received. */
export interface RecordedRequest {
  method: string;
  host: HostName;
  /** Path and query. */
  url: string;
  headers: IncomingHttpHeaders;
  /** 0 until there is a response; stays 0 when the connection was cut or stalled. */
  status: number;
  /** Epoch milliseconds of the simulator's clock. */
  at: number;
}

const CAPACITY = 5000;

/** Appends a request and drops the oldest beyond the last 5000. */
export function record(requests: RecordedRequest[], request: RecordedRequest): void {
  requests.push(request);
  if (requests.length > CAPACITY) requests.shift();
}
