/** A format of cookie files. */
import type { CookieEntry } from '../cookie-file/cookie-entry.js';

export interface FoundCookies {
  readonly entries: CookieEntry[];
  /** Parts of the text, such as lines or array elements, that are no cookie. */
  readonly passedOver: number;
  /** The file contains more than cookies and belongs to another program, which would lose the rest if it were rewritten. */
  readonly foreign?: true;
}

/** The cookies in `text`; undefined if it has another format. */
export type Format = (text: string) => FoundCookies | undefined;
