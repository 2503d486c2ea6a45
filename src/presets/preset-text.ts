/** Parts of presets that several formats share. Pure. */
import { hash } from 'node:crypto';
import { create } from 'xmlbuilder2';
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js';
import { XML, xmlText } from '../common/text/xml.js';

/** The text on one line, for formats that end a value at the line break. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

/** A stable number for clients that identify maps by one. It fits a signed 32-bit integer and is above their built-in maps. */
export function numericId(identifier: string): number {
  return 100_000 + (Number.parseInt(hash('sha256', identifier).slice(0, 8), 16) % 2_000_000_000);
}

/** A stable UUID (version 8, RFC 9562) for clients that identify maps by one. */
export function uuid(identifier: string): string {
  const hex = hash('sha256', identifier);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** Start of the document with the start tag of the root, its content, its end tag: see {@link ClientFile.sections}. */
export const XML_SECTIONS = /^((?:<[?!].*\n)*<.*>\n)([^]*\n)(<\/.*>)$/;

/** The root element of a new document. */
export function xmlRoot(name: string, attributes: Readonly<Record<string, string>> = {}): XMLBuilder {
  return element(create(XML), name, attributes);
}

/** A child element with escaped attributes and text. */
export function element(
  parent: XMLBuilder,
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  text?: string,
): XMLBuilder {
  const escaped = Object.entries(attributes).map(([key, value]) => [key, xmlText(value)]);
  const child = parent.ele(name, Object.fromEntries(escaped) as Record<string, string>);
  if (text !== undefined) child.txt(xmlText(text));
  return child;
}

/** A child element with a URL or a plain text in a CDATA section, for clients whose own files have it there. */
export function cdata(parent: XMLBuilder, name: string, text: string): void {
  // A section cannot contain its own end; in a URL, `>` may as well be percent-encoded.
  parent.ele(name).dat(text.replaceAll(']]>', ']]%3E'));
}

/** The text of the document. The name of a `doctype` may differ from the root element's, which the builder does not allow. */
export function xmlDocument(root: XMLBuilder, doctype?: string): string {
  const text = root.doc().end({ prettyPrint: true });
  return doctype === undefined ? text : text.replace('?>', `?>\n<!DOCTYPE ${doctype}>`);
}
