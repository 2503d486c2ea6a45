import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { HostName } from '../switches.js';

/** A complete request. */
export interface HostRequest {
  method: string;
  url: URL;
  headers: IncomingHttpHeaders;
  cookies: ReadonlyMap<string, string>;
  body: string;
}

/** A complete response as a value; the listener sends it. */
export interface HostResponse {
  status: number;
  headers: OutgoingHttpHeaders;
  body: Buffer;
}

/** A body and its media type. */
export interface Content {
  type: string;
  body: Buffer;
}

/** One of the three hosts of the upstream. */
export interface Host {
  name: HostName;
  /** Called for every request, before faults and response. */
  onRequest(request: HostRequest): void;
  respond(request: HostRequest): HostResponse;
  /** The content of a successful response, without any check; faults damage it. */
  intact(request: HostRequest): Content;
  /** The same content as a valid image of another pixel size. */
  wrongSize(request: HostRequest): Content;
  /** Called when a fault replaces the response. */
  onFault?(request: HostRequest): void;
}

export function textResponse(status: number, text: string, headers: OutgoingHttpHeaders = {}): HostResponse {
  return {
    status,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers },
    body: Buffer.from(text),
  };
}

export function jsonResponse(status: number, value: unknown): HostResponse {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' },
    body: Buffer.from(`${JSON.stringify(value, null, 2)}\n`),
  };
}

export function htmlResponse(status: number, html: string, headers: OutgoingHttpHeaders = {}): HostResponse {
  return {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8', ...headers },
    body: Buffer.from(html),
  };
}

export function redirectTo(location: string, headers: OutgoingHttpHeaders = {}): HostResponse {
  const page = `<html><body>You are being <a href="${location}">redirected</a>.</body></html>`;
  return htmlResponse(302, page, { Location: location, ...headers });
}
