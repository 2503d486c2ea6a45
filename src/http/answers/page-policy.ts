import type { Config } from '../../config/index.js';

/**
 * The Content-Security-Policy of the page, and of the key form, which becomes the page. Tiles come from its own origin (`'self'`,
 * since CSP has no syntax for an IPv6 host), from `PUBLIC_URL`, from the base map, and from where tiles are redirected.
 */
export function pagePolicy({
  publicUrl,
  basemapUrl,
  anonymousMode,
  stravaTilesUrl,
  stravaAnonymousTilesUrl,
}: Config): string {
  const sources = (...urls: readonly (string | undefined)[]) =>
    ["'self'", ...new Set(urls.flatMap((url) => (url === undefined ? [] : new URL(url).origin)))].join(' ');
  const images = sources(
    publicUrl,
    basemapUrl,
    ...(anonymousMode === 'redirect' ? [stravaTilesUrl, ...stravaAnonymousTilesUrl] : []),
  );
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    // `data:` is for the empty icon of a page without a layer.
    `img-src ${images} data:`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
