/** The two requests to the gateway. They contain no cookie of the browser and follow no redirect. */

/** Chrome stops a service worker that waits for a response for 30 seconds. */
const TIMEOUT_MS = 25_000;

/** `PUT /admin/cookies` with the cookies as a JSON array. */
export function pushCookies(gateway, entries) {
  return request(gateway, 'admin/cookies', {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(entries),
  });
}

/** `GET /admin/status`. */
export function getStatus(gateway) {
  return request(gateway, 'admin/status', {});
}

/** `{ kind: 'response', status, body, retryAfter }`, or `{ kind: 'redirect' | 'timeout' | 'unreachable' }`. Never rejects. */
async function request({ url, key }, path, options) {
  try {
    const response = await fetch(`${url}${path}`, {
      ...options,
      headers: { ...options.headers, Authorization: `Bearer ${key}` },
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'manual',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.type === 'opaqueredirect') return { kind: 'redirect' };
    return {
      kind: 'response',
      status: response.status,
      body: parseObject(await response.text()),
      retryAfter: Number(response.headers.get('Retry-After')) || undefined,
    };
  } catch (error) {
    return { kind: error.name === 'TimeoutError' ? 'timeout' : 'unreachable' };
  }
}

/** The JSON value as an object; an empty object for invalid JSON. */
function parseObject(text) {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
