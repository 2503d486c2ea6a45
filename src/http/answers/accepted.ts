/** What the headers Accept and Accept-Encoding of a request allow (RFC 9110, 12.5). Pure. */
import Negotiator from 'negotiator';
import type { FastifyReply, FastifyRequest } from 'fastify';

type Headers = FastifyRequest['headers'];

/** The documents are UTF-8, so a client may name the parameter as well. */
const XML = ['application/xml;charset=utf-8', 'text/xml;charset=utf-8'];

/** Longest header that is interpreted, in characters: 16 kB take 7 ms, and clients send a few hundred characters. */
const MAX_LENGTH = 1024;

export function acceptsXml(headers: Headers): boolean {
  return negotiator(headers).mediaType(XML) !== undefined;
}

/** False for equal preference, as without the header. */
export function prefersXmlToJson(headers: Headers): boolean {
  const preferred = negotiator(headers).mediaType(['application/problem+json', ...XML]);
  return preferred !== undefined && XML.includes(preferred);
}

/** True for browsers, which name HTML before anything else. */
export function prefersHtml(headers: Headers): boolean {
  return negotiator(headers).mediaType(['application/problem+json', 'text/html']) === 'text/html';
}

/** True for the images of a page. False for equal preference, as for the wildcard of most map programs. */
export function prefersImage(headers: Headers): boolean {
  return negotiator(headers).mediaType(['application/problem+json', 'image/png']) === 'image/png';
}

export function acceptsGzip(headers: Headers): boolean {
  return bestEncoding(headers, ['gzip']) !== undefined;
}

/** The response depends on Accept-Encoding, in addition to what it depends on already. */
export function varyByEncoding(reply: FastifyReply): void {
  void reply.header('vary', [reply.getHeader('vary') ?? [], 'Accept-Encoding'].flat().join(', '));
}

/** The first of `offered` that the client accepts; undefined for none. */
export function bestEncoding<T extends string>(headers: Headers, offered: readonly T[]): T | undefined {
  const accepted = negotiator(headers).encodings([...offered]);
  return offered.find((encoding) => accepted.includes(encoding));
}

function negotiator(headers: Headers): Negotiator {
  return new Negotiator({
    headers: {
      accept: interpreted(headers.accept),
      'accept-encoding': interpreted(headers['accept-encoding']),
    },
  });
}

/** Undefined, as without the header, for one that is empty or too long. */
function interpreted(header: string | undefined): string | undefined {
  return header === undefined || header.trim() === '' || header.length > MAX_LENGTH ? undefined : header;
}
