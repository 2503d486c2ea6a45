/** The two requests that the gateway is asked. They carry no cookie of the browser and follow no redirect. */

/** Below the half minute after which Chrome ends a service worker that waits for an answer. */
const PATIENCE_MS = 25_000;

/** `PUT /admin/cookies` with the exporter array. */
export function pushCookies(gateway, entries) {
  return ask(gateway, 'admin/cookies', {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(entries),
  });
}

/** `GET /admin/status`. */
export function askStatus(gateway) {
  return ask(gateway, 'admin/status', {});
}

/** The reply as `{ kind: 'answer', status, body, retryAfter }`, or `{ kind: 'redirect' | 'timeout' | 'silence' }`. */
async function ask({ url, key }, path, options) {
  try {
    const response = await fetch(`${url}${path}`, {
      ...options,
      headers: { ...options.headers, Authorization: `Bearer ${key}` },
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'manual',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (response.type === 'opaqueredirect') return { kind: 'redirect' };
    return {
      kind: 'answer',
      status: response.status,
      body: parsed(await response.text()),
      retryAfter: Number(response.headers.get('Retry-After')) || undefined,
    };
  } catch (error) {
    return { kind: error.name === 'TimeoutError' ? 'timeout' : 'silence' };
  }
}

/** An object in any case; an empty one for text that is no JSON object. */
function parsed(text) {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
