/** Building stones of requests that are written out byte by byte. Pure. */
import { ADMIN_KEY } from '../credentials.js';
import type { Random } from '../random.js';
import type { Due, Shot } from '../fuzz-case.js';

/** A shot before it has a name; each Latin-1 character of the text is a byte. */
export type Draft = Pick<Shot, 'due'> &
  Partial<Pick<Shot, 'answers' | 'mayEnd' | 'method'>> & { readonly text: string };

export type Family = readonly [name: string, drafts: readonly ((random: Random) => Draft)[]];

export const MAY_END = { mayEnd: true };
export const HOST = 'Host: gateway.example\r\n';
/** Open to anybody and cheap, so that whatever is wrong is wrong with the form. */
export const PUBLIC = ['/health', '/livez', '/readyz'];
/** What must never be taken for a request of its own. */
export const SMUGGLED = `GET /smuggled HTTP/1.1\r\n${HOST}\r\n`;

export const draft = (due: Due, text: string, more: Omit<Draft, 'due' | 'text'> = {}): Draft => ({
  due,
  text,
  ...more,
});

export const get = (random: Random, headers: string, version = '1.1'): string =>
  `GET ${random.pick(PUBLIC)} HTTP/${version}\r\n${HOST}${headers}\r\n`;

export const post = (headers: string, body: string): string =>
  `POST / HTTP/1.1\r\n${HOST}${headers}\r\n${body}`;

/** A body that reaches its reader, since the key is right. */
export const put = (headers: string, body: string): string =>
  `PUT /admin/cookies HTTP/1.1\r\n${HOST}Authorization: Bearer ${ADMIN_KEY}\r\n${headers}\r\n${body}`;
