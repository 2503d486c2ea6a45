/** What all XML documents here have in common. Pure. */

/** How each begins. Letters that XML has not (XML 1.0, 2.2) become "?", as in what a message quotes. */
export const XML = { version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '?' } as const;

/** Foreign text as the builder must have it: by itself it takes `&x;` for an entity, known or not, and writes it as it is. */
export function xmlText(text: string): string {
  return text.replaceAll('&', '&amp;');
}
