import { hideKeys } from './hide-keys.js';

const MAX_LENGTH = 40;
/** Characters that are searched for keys: a message shows at most the first 40. */
const MAX_SEARCHED = 400;

/** Control and format characters (bidirectional overrides among them), line separators, surrogates, unassigned code points. */
const NOT_PRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Input quoted in a message: one line of at most 40 characters, without API keys; characters that are not printable become "?".
 * Markup stays as it is: the encoder of the output (XML, JSON, HTML) escapes it.
 */
export function quoted(value: string): string {
  const searched = start(value, MAX_SEARCHED);
  const hidden = hideKeys(searched);
  const shown = start(hidden, MAX_LENGTH);
  const cut = searched !== value || shown !== hidden;
  return `"${shown.replace(NOT_PRINTABLE, '?')}${cut ? '...' : ''}"`;
}

/** The first characters, without a word that goes beyond them: a part of a key is secret as well. */
function start(text: string, length: number): string {
  if (text.length <= length) return text;
  const first = text.slice(0, length);
  return /[\w-]/.test(text[length]!) ? first.replace(/[\w-]+$/, '') : first;
}
