import type { IncomingHttpHeaders } from 'node:http';

/**
 * The web origin on whose page a browser makes the request: `Origin`, or else that of `Referer`, since browsers send no
 * `Origin` with a plain picture (Fetch standard, 3.2). Undefined for programs that are no browsers.
 */
export function webOrigin({ origin, referer }: IncomingHttpHeaders): string | undefined {
  if (origin !== undefined) return origin;
  return referer !== undefined && URL.canParse(referer) ? new URL(referer).origin : undefined;
}
