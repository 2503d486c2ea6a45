/**
 * The client addresses of `Forwarded` (RFC 7239). Fastify takes the address of a client from X-Forwarded-For alone, so they are
 * put there. Fastify believes the header of a trusted proxy only.
 */
import type { IncomingMessage, Server } from 'node:http';

/** An address that no client has: all requests with it share one rate limit, which always applies. */
const UNKNOWN = 'unknown';
/** Characters of a header that is parsed; a longer one counts as malformed. */
const MAX_LENGTH = 1024;

export function takeClientAddress(server: Server): void {
  server.prependListener('request', ({ headers }: IncomingMessage) => {
    const { forwarded, 'x-forwarded-for': listed } = headers;
    if (forwarded !== undefined) headers['x-forwarded-for'] = clientAddresses(forwarded, listed as string);
  });
}

/**
 * The value of X-Forwarded-For, from the client to the proxy nearest to the gateway. A proxy maintains one of the two headers, and
 * may pass on the other as the client sent it: only the entries at the end in which both agree are believed.
 */
export function clientAddresses(forwarded: string, listed: string | undefined): string | undefined {
  const addresses = forwardedFor(forwarded);
  if (addresses?.length === 0) return listed;
  if (!addresses) return UNKNOWN;
  if (listed === undefined) return addresses.join(', ');
  const others = listed.split(',').map((address) => address.trim());
  let agreed = 0;
  while (agreed < addresses.length && addresses.at(-1 - agreed) === others.at(-1 - agreed)) agreed++;
  const same = agreed === addresses.length && agreed === others.length;
  return (same ? addresses : [UNKNOWN, ...addresses.slice(addresses.length - agreed)]).join(', ');
}

/** A pair, with a token or a quoted string as its value. */
const PAIR = /^\s*([\w!#$%&'*+.^`|~-]+)=(?:([\w!#$%&'*+.^`|~:[\]-]+)|"((?:[^"\\]|\\.)*)")\s*$/;

/** The address of each element; none if no element has one; undefined for a malformed header. */
function forwardedFor(header: string): string[] | undefined {
  if (header.length > MAX_LENGTH) return undefined;
  const addresses: (string | undefined)[] = [];
  for (const element of splitUnquoted(header, ',')) {
    let address: string | undefined;
    for (const pair of splitUnquoted(element, ';')) {
      const [, name, token, quotedText = ''] = PAIR.exec(pair) ?? [];
      if (name === undefined) return undefined;
      if (name.toLowerCase() !== 'for') continue;
      if (address !== undefined) return undefined;
      address = nodeAddress(token ?? quotedText.replaceAll(/\\(.)/g, '$1'));
    }
    addresses.push(address);
  }
  if (addresses.every((address) => address === undefined)) return [];
  return addresses.map((address) => address ?? UNKNOWN);
}

/** The address of a node (6), without port and brackets; "unknown" for an obfuscated identifier. */
function nodeAddress(node: string): string {
  return (
    /^(\d{1,3}(?:\.\d{1,3}){3})(?::[\w.-]+)?$/.exec(node)?.[1] ??
    /^\[([\dA-Fa-f:.]+)\](?::[\w.-]+)?$/.exec(node)?.[1] ??
    UNKNOWN
  );
}

/** Parts between separators outside of quoted strings. */
function splitUnquoted(text: string, separator: ',' | ';'): string[] {
  return text.match(new RegExp(String.raw`(?:[^"${separator}]|"(?:[^"\\]|\\.)*"?)+`, 'g')) ?? [];
}
