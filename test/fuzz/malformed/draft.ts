/** Building blocks for requests that are written out byte by byte. Pure. */
import type { Random } from '../../support/run/random.js';
import { ADMIN_KEY } from '../credentials.js';
import type { Expectation, FuzzCase } from '../fuzz-case.js';

/** A case without its kind; each Latin-1 character of the text is a byte. */
export type Draft = Pick<FuzzCase, 'expect'> &
  Partial<Pick<FuzzCase, 'maxResponses' | 'mayEnd' | 'method'>> & { readonly text: string };

/** Drafts with the kind under which the report counts them. */
export type Family = readonly [kind: string, drafts: readonly ((random: Random) => Draft)[]];

export const MAY_END = { mayEnd: true };
export const HOST = 'Host: gateway.example\r\n';
/** Endpoints without an API key and without side effects: only the form of the request can be refused. */
export const PUBLIC = ['/health', '/livez', '/readyz'];
/** A request within a body; the gateway must not answer it. */
export const SMUGGLED = `GET /smuggled HTTP/1.1\r\n${HOST}\r\n`;

export const draft = (
  expect: Expectation,
  text: string,
  more: Omit<Draft, 'expect' | 'text'> = {},
): Draft => ({
  expect,
  text,
  ...more,
});

export const get = (random: Random, headers: string, version = '1.1'): string =>
  `GET ${random.pick(PUBLIC)} HTTP/${version}\r\n${HOST}${headers}\r\n`;

export const post = (headers: string, body: string): string =>
  `POST / HTTP/1.1\r\n${HOST}${headers}\r\n${body}`;

/** A request whose body the gateway reads, because the admin key is valid. */
export const put = (headers: string, body: string): string =>
  `PUT /admin/cookies HTTP/1.1\r\n${HOST}Authorization: Bearer ${ADMIN_KEY}\r\n${headers}\r\n${body}`;
