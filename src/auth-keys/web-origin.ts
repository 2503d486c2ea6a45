import type { IncomingHttpHeaders } from 'node:http';

/**
 * The origin of the page that makes the request: `Origin`, or else the origin of `Referer`, since browsers send no `Origin`
 * for a plain image (Fetch standard, 3.2). Undefined for clients that send neither.
 */
export function webOrigin({ origin, referer }: IncomingHttpHeaders): string | undefined {
  if (origin !== undefined) return origin;
  return referer !== undefined && URL.canParse(referer) ? new URL(referer).origin : undefined;
}
