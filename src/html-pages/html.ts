/** HTML text with its inserted values escaped. Pure. */
const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Markup, which {@link html} inserts as it is. */
export class Markup {
  constructor(readonly text: string) {}
}

type Insertion = string | number | Markup | readonly Markup[] | undefined | false;

/** The tag of a template whose insertions are escaped, unless they are {@link Markup}. Undefined and false insert nothing. */
export function html(parts: TemplateStringsArray, ...insertions: readonly Insertion[]): Markup {
  return new Markup(parts.map((part, i) => part + inserted(insertions[i])).join(''));
}

function inserted(value: Insertion): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('\n');
  return String(value).replace(/[&<>"']/g, (char) => ESCAPES[char]!);
}
