/** Takes off what shells, env files, editors and chats put around a pasted text. Pure. */

/** Whitespace, and invisible characters that come along with copied text: byte order mark, zero-width spaces, direction marks. */
const AROUND = /[\s\uFEFF\u200B-\u200F\u202A-\u202E\u2060]/;
const QUOTES = ['""', "''", '``', '“”', '‘’', '„“', '«»'];

/** `text` without the whitespace, quotes and code fence around it, and without semicolons at its end. */
export function unwrap(text: string): string {
  let inner = text;
  for (let before; before !== inner;) {
    before = inner;
    inner = withoutQuotes(trim(withoutFence(trim(inner))));
    while (inner.endsWith(';')) inner = inner.slice(0, -1);
  }
  return inner;
}

function trim(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && AROUND.test(text[start]!)) start++;
  while (end > start && AROUND.test(text[end - 1]!)) end--;
  return text.slice(start, end);
}

/** A code block of Markdown. */
function withoutFence(text: string): string {
  const isFenced = text.startsWith('```') && text.endsWith('```') && text.includes('\n');
  return isFenced ? text.slice(text.indexOf('\n'), -3) : text;
}

function withoutQuotes(text: string): string {
  const [open, close] = QUOTES.find(([start, end]) => text.startsWith(start!) && text.endsWith(end!)) ?? '';
  const inner = text.slice(1, -1);
  return open === undefined || text.length < 2 || inner.includes(open) || inner.includes(close!)
    ? text
    : inner;
}
