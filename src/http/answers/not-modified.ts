/** Whether `If-None-Match` names `etag` (RFC 9110, 13.1.2: weak comparison, a list, or `*`). Pure. */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header === etag || header.trim() === '*') return true;
  return header.split(',').some((candidate) => candidate.trim().replace(/^W\//, '') === etag);
}
