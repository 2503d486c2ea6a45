import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { HostName } from '../switches.js';

/** A request, read to its end. */
export interface Asked {
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  cookies: ReadonlyMap<string, string>;
  body: string;
}

/** A whole reply as a value; the listener puts it on the wire. */
export interface Answer {
  status: number;
  headers: OutgoingHttpHeaders;
  body: Buffer;
}

/** A body and its media type. */
export interface Entity {
  type: string;
  body: Buffer;
}

/** One of the three servers, seen from its listener. */
export interface Host {
  name: HostName;
  /** Told of every request before faults and answers. */
  arrived(asked: Asked): void;
  answer(asked: Asked): Answer;
  /** What a request for this address would get if nothing were checked: the material that faults spoil. */
  intact(asked: Asked): Entity;
  /** The like of `intact`, sound in itself but of another pixel size. */
  missized(asked: Asked): Entity;
  /** Told when a fault takes the place of the answer. */
  faulted?(asked: Asked): void;
}

export function textAnswer(status: number, text: string, headers: OutgoingHttpHeaders = {}): Answer {
  return {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers },
    body: Buffer.from(text),
  };
}

export function jsonAnswer(status: number, value: unknown): Answer {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' },
    body: Buffer.from(`${JSON.stringify(value, null, 2)}\n`),
  };
}

export function htmlAnswer(status: number, html: string, headers: OutgoingHttpHeaders = {}): Answer {
  return {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8', ...headers },
    body: Buffer.from(html),
  };
}

export function redirectTo(location: string, headers: OutgoingHttpHeaders = {}): Answer {
  const page = `<html><body>You are being <a href="${location}">redirected</a>.</body></html>`;
  return htmlAnswer(302, page, { Location: location, ...headers });
}
