import { DOMParser, type Element } from '@xmldom/xmldom';

export const WMTS = 'http://www.opengis.net/wmts/1.0';
export const OWS = 'http://www.opengis.net/ows/1.1';
export const XLINK = 'http://www.w3.org/1999/xlink';

/** The root element; throws when the text is not well-formed XML. */
export function parseXml(text: string): Element {
  const parser = new DOMParser({
    onError(level, message) {
      throw new Error(`${level}: ${message}`);
    },
  });
  return parser.parseFromString(text, 'application/xml').documentElement!;
}

/** The child elements, of one name if given. */
export function children(element: Element, name?: string): Element[] {
  return Array.from(element.childNodes).filter(
    (node): node is Element => node.nodeType === 1 && (name === undefined || node.nodeName === name),
  );
}

/** The only element at the end of a path of names; throws when there is none or more than one. */
export function only(element: Element, ...path: string[]): Element {
  return path.reduce((at, name) => {
    const found = children(at, name);
    if (found.length !== 1) throw new Error(`${found.length} x ${name} in ${at.nodeName}`);
    return found[0]!;
  }, element);
}

/** The text of the only element at the end of a path of names. */
export function text(element: Element, ...path: string[]): string {
  return only(element, ...path).textContent ?? '';
}
