/** A text without cookies, or one that cannot be read. The message contains no value. */
export class CookieFileError extends Error {
  override readonly name = 'CookieFileError';
}
