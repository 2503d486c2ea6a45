/** Text of a request as messages and log lines may have it: without what may be an API key or a password. Pure. */

export const HIDDEN = '…';

/** Longest text that is searched, in characters: longer than every request target. The rest is cut off. */
const MAX_LENGTH = 16 * 1024;

/** Each with what replaces it. */
const SECRETS: readonly (readonly [pattern: RegExp, replacement: string | ((match: string) => string)])[] = [
  // ?key=K, access_token=K, key[]=K, "key": "K", X-API-Key: K, and the parameters of signed URLs.
  [
    /((?:key|token|password|secret|session|policy|signature|pair-id)(?:\[\]|["'\s])*[=:]["'\s]*)[^&;?#/\s"'<>]+/gi,
    `$1${HIDDEN}`,
  ],
  // /k/K/...
  [/(^|\/)(k\/+)[^/?#&;\s"']+/gi, `$1$2${HIDDEN}`],
  // https://user:K@host
  [/\/\/[^/?#@\s"']*@/g, `//${HIDDEN}@`],
  [/\b(basic|bearer)([\s:]+)[^\s"',;&]+/gi, `$1$2${HIDDEN}`],
  // Random text in base64url or hexadecimal, such as the keys of "keys add".
  [/[\w-]{32,}/g, (word) => (isRandom(word) ? HIDDEN : word)],
];

function isRandom(word: string): boolean {
  return /^[\da-f-]+$/i.test(word) || (/[a-z]/.test(word) && /[A-Z]/.test(word) && /\d/.test(word));
}

/** The text as it is if it contains nothing to hide, else decoded. */
export function hideKeys(text: string): string {
  const bounded = text.slice(0, MAX_LENGTH);
  const plain = decoded(bounded);
  const hidden = SECRETS.reduce(
    // The two forms of `replace` differ in their type only.
    (rest, [pattern, replacement]) => rest.replace(pattern, replacement as string),
    plain,
  );
  return hidden === plain ? bounded : hidden;
}

/** Percent-encoding of ASCII characters decoded, also if it is encoded up to three times. */
function decoded(text: string): string {
  let plain = text;
  for (let i = 0; i < 3 && plain.includes('%'); i++)
    plain = plain.replace(/%([2-7][\da-f])/gi, (_match, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return plain;
}
