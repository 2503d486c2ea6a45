/** Reads what a person typed as the address of the gateway. Pure. */

/** `{ url, warning }`, the URL ending in a slash, or `{ problem }`; both sentences are for the person. */
export function readGatewayAddress(text) {
  const typed = text.trim();
  if (typed === '') return { problem: 'Enter the address of your gateway.' };
  if (!/^https?:\/\//i.test(typed)) return { problem: 'Begin the address with https:// or http://.' };
  if (!URL.canParse(typed)) return { problem: 'This is not a web address.' };
  const { protocol, origin, hostname, pathname, username, password, search, hash } = new URL(typed);
  if (username || password) return { problem: 'Leave user name and password out of the address.' };
  if (search || hash) return { problem: 'Leave out everything from the ? or # on.' };
  const url = `${origin}${pathname.replace(/\/*$/, '/')}`;
  return { url, warning: protocol === 'http:' && !isLoopback(hostname) ? UNENCRYPTED : undefined };
}

const UNENCRYPTED =
  'Plain http to another machine: anyone on the way can read your session cookie and the admin key. Use https.';

function isLoopback(hostname) {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** What keeps `key` from being an admin key, or undefined. */
export function problemOfKey(key) {
  if (key === '') return 'Enter the admin key (ADMIN_KEY of the gateway).';
  if (!/^[\x21-\x7e]+$/.test(key)) return 'The admin key has a space or a letter that a key cannot have.';
  return undefined;
}
