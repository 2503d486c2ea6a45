/** Cookies as the upstream issues them, with a made-up signature. */

export const TILES_URL = 'https://content-a.strava.com';
export const OTHER_RESOURCE = 'https://personal-heatmaps-external.strava.com/*';

/** CloudFront's base64: `- _ ~` instead of `+ = /`. */
export function cloudFrontBase64(text: string): string {
  const base64 = Buffer.from(text).toString('base64');
  return base64.replaceAll('+', '-').replaceAll('=', '_').replaceAll('/', '~');
}

export function policyCookie(expiresAtMs: number, resource: string = `${TILES_URL}/*`): string {
  const Condition = { DateLessThan: { 'AWS:EpochTime': expiresAtMs / 1000 } };
  return cloudFrontBase64(JSON.stringify({ Statement: [{ Resource: resource, Condition }] }));
}

/** A token with a made-up signature. */
export function identityToken(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.c2ln`;
}

/** The four cookies of a tile request by name; `mark` distinguishes sets. */
export function signedSet(mark: string, expiresAtMs: number, resource?: string): Record<string, string> {
  return {
    'CloudFront-Key-Pair-Id': `K${mark}`,
    'CloudFront-Policy': policyCookie(expiresAtMs, resource),
    'CloudFront-Signature': `signature-${mark}`,
    _strava_idcf: `token-${mark}`,
  };
}
