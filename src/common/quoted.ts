const MAX_LENGTH = 40;

/** Control and format characters (bidirectional overrides among them), line separators, surrogates, unassigned code points. */
const NOT_PRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Input quoted in a message: one line of at most 40 characters; characters that are not printable become "?". Markup stays
 * as it is: the encoder of the output (XML, JSON, HTML) escapes it.
 */
export function quoted(value: string): string {
  const printable = value.slice(0, MAX_LENGTH).replace(NOT_PRINTABLE, '?');
  return `"${printable}${value.length > MAX_LENGTH ? '...' : ''}"`;
}
