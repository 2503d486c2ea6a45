/** Web origins as people write them, and the origins that browsers send (RFC 6454, 6.2). Pure. */
import { isIP } from 'node:net';

export const ORIGIN_FORM =
  'an origin such as https://gpx.studio or https://*.gpx.studio: scheme, host and port, without a path';

/**
 * The origin in the form of the header `Origin`: host in lower case and as punycode, without default port and trailing slash.
 * `*.` before the host stands for one or more labels. Undefined for text that is no origin.
 */
export function normalOrigin(text: string): string | undefined {
  const [, scheme, wildcard = '', host] =
    /^(https?:\/\/)(\*\.)?([^/?#@\\\s*"'`]+)\/?$/i.exec(text.trim()) ?? [];
  if (!scheme || !URL.canParse(scheme + host)) return undefined;
  const url = new URL(scheme + host);
  // A wildcard below a single label, https://*.com, would allow the sites of strangers.
  if (wildcard && (isIP(url.hostname) !== 0 || !/[^.]\.[^.]/.test(url.hostname))) return undefined;
  return `${url.protocol}//${wildcard}${url.host}`;
}

/** The origins of a setting or a key. */
export class WebOrigins {
  /** Texts that match as a whole, and expressions for wildcards. */
  readonly patterns: readonly (string | RegExp)[];

  /** Each in the form of {@link normalOrigin}. */
  constructor(readonly listed: readonly string[]) {
    this.patterns = listed.map((origin) => (origin.includes('*') ? expressionOf(origin) : origin));
  }

  includes(origin: string): boolean {
    return this.patterns.some((pattern) =>
      typeof pattern === 'string' ? pattern === origin : pattern.test(origin),
    );
  }
}

function expressionOf(origin: string): RegExp {
  const [before, after] = origin.split('*').map((part) => part.replaceAll(/[.[\]]/g, String.raw`\$&`));
  return new RegExp(`^${before}[a-z0-9_-]+(?:\\.[a-z0-9_-]+)*${after}$`);
}
