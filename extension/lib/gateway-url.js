/** Validates the gateway URL and the admin key that the user entered. Pure. */

/** `{ url, warning }`, the URL ending in a slash, or `{ problem }`. Warning and problem are sentences for the user. */
export function readGatewayUrl(text) {
  const input = text.trim();
  if (input === '') return { problem: 'Enter the URL of your gateway.' };
  if (!/^https?:\/\//i.test(input)) return { problem: 'The URL must start with https:// or http://.' };
  if (!URL.canParse(input)) return { problem: 'This is not a valid URL.' };
  const { protocol, origin, hostname, pathname, username, password, search, hash } = new URL(input);
  if (username || password) return { problem: 'Remove the user name and password from the URL.' };
  if (search || hash) return { problem: 'Remove the ? or # and everything after it.' };
  const url = `${origin}${pathname.replace(/\/*$/, '/')}`;
  return { url, warning: protocol === 'http:' && !isLoopback(hostname) ? UNENCRYPTED : undefined };
}

const UNENCRYPTED =
  'HTTP to another machine is not encrypted: the session cookie and the admin key can be read in transit. Use https.';

function isLoopback(hostname) {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** Why `key` is not a valid admin key, or undefined. */
export function problemOfKey(key) {
  if (key === '') return 'Enter the admin key (ADMIN_KEY of the gateway).';
  if (!/^[\x21-\x7e]+$/.test(key)) return 'The admin key must consist of ASCII characters without spaces.';
  return undefined;
}
