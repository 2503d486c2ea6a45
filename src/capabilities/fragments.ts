/** XML elements as text. A document has hundreds; rendered once and joined, they take a hundredth of the time. Pure. */
import { fragment } from 'xmlbuilder2';
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js';

/** Stands for what differs by request. Not a character of XML, so no other text has it. */
export const SLOT = '\u{fffe}';

/** What `add` adds to its parent, as text. */
export function xmlOf(add: (parent: XMLBuilder) => unknown): string {
  const parent = fragment();
  add(parent);
  return parent.toString();
}

/**
 * Returns the element of an item, with a URL, prepared for the builder, in place of {@link SLOT}. `render` is called once per
 * item and variant.
 */
export function elements<T extends object>(
  render: (parent: XMLBuilder, item: T, variant: string) => unknown,
): (item: T, variant: string, url: string) => string {
  const rendered = new WeakMap<T, Map<string, readonly string[]>>();
  return (item, variant, url) => {
    const variants = rendered.get(item) ?? new Map<string, readonly string[]>();
    rendered.set(item, variants);
    let parts = variants.get(variant);
    if (!parts) {
      parts = xmlOf((parent) => render(parent, item, variant)).split(SLOT);
      variants.set(variant, parts);
    }
    return parts.join(attribute(url));
  };
}

/** As the builder writes an attribute. */
function attribute(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
