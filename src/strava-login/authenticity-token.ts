/** The hidden token that a posted login form must contain. Pure. */

/** The token in the form of `html`, or undefined when there is none. */
export function authenticityToken(html: string): string | undefined {
  for (const [tag] of html.matchAll(/<input\b[^>]*>/gi))
    if (attribute(tag, 'name') === 'authenticity_token') return attribute(tag, 'value') || undefined;
  return undefined;
}

function attribute(tag: string, name: string): string | undefined {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(tag);
  const text = found?.[1] ?? found?.[2] ?? found?.[3];
  return text === undefined ? undefined : decoded(text);
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', quot: '"', apos: "'", lt: '<', gt: '>' };

/** Base64 has few characters that HTML escapes: numeric references and five named ones are enough. */
function decoded(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return NAMED[String(name).toLowerCase()] ?? whole;
    const code = hex === undefined ? Number(decimal) : parseInt(String(hex), 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
