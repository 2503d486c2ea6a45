/** The response to a tile request of every encoding. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Encoding, TileAddress, TileOutcome } from '../../catalog/index.js';
import { requireTile } from '../../access/index.js';
import type { Config } from '../../config/index.js';
import type { Metrics } from '../../metrics/index.js';
import { subjectOf } from '../../request-context.js';
import {
  sessionExpiredPng,
  transparentPng,
  TileError,
  type ServedTile,
  type TileService,
} from '../../tiles/index.js';
import { HttpProblem } from '../errors/http-problem.js';
import { prefersImage } from './accepted.js';
import { honoursNoStore } from './honours-no-store.js';
import { isNotModified } from './not-modified.js';
import { setTileHeaders } from '../listener/security-headers.js';

/** Seconds; short, so that clients soon get a fresh tile when the upstream recovers. */
const STALE_MAX_AGE = 60;
const EMPTY_MAX_AGE = 3600;

export interface TileReplyOptions {
  readonly emptyTile: Config['emptyTile'];
  readonly ttlSeconds: number;
  readonly keysInForce: boolean;
  /** Whether a rejected session is a tile with a notice, for clients that draw no error and honour `no-store`. */
  readonly sessionExpiredTile: boolean;
}

export class TileReply {
  private readonly transparent = {
    256: transparentPng(256),
    512: transparentPng(512),
    1024: transparentPng(1024),
  };
  private readonly cacheControl: { readonly tile: string; readonly empty: string; readonly stale: string };

  constructor(
    private readonly tiles: TileService,
    private readonly metrics: Metrics,
    private readonly options: TileReplyOptions,
  ) {
    const { ttlSeconds, keysInForce } = options;
    const visibility = keysInForce ? 'private' : 'public';
    const maxAge = (seconds: number) => `${visibility}, max-age=${Math.min(seconds, ttlSeconds)}`;
    this.cacheControl = {
      tile: maxAge(ttlSeconds),
      empty: maxAge(EMPTY_MAX_AGE),
      stale: maxAge(STALE_MAX_AGE),
    };
  }

  /** Sends a cached tile synchronously, without a promise. Throws or rejects with the error of the request. */
  send(
    encoding: Encoding,
    address: TileAddress,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void | Promise<void> {
    const { layer, z, x, y } = address;
    request.tile = { layer, zoom: z, x, y };
    requireTile(request.access, address);
    const held = this.tiles.held(address);
    if (held) return this.answer(encoding, address, held, request, reply);
    // A client may repeat its headers, and with them the key, when it follows a redirect to another host.
    const keyInHeader = request.access !== null && request.access.repeat === undefined;
    const location = keyInHeader ? undefined : this.tiles.redirectFor(address);
    if (location !== undefined) return this.redirect(encoding, location, request, reply);
    return this.fetch(encoding, address, request, reply);
  }

  private redirect(encoding: Encoding, location: string, request: FastifyRequest, reply: FastifyReply): void {
    this.count(encoding, request, 'anonymous');
    setTileHeaders(reply);
    reply.header('cache-control', this.cacheControl.stale).redirect(location, 302);
  }

  private async fetch(
    encoding: Encoding,
    address: TileAddress,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const disconnected = new AbortController();
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) disconnected.abort();
    });
    // The client may have disconnected while an earlier step waited, for example for the rate limit in Redis.
    if (reply.raw.destroyed) disconnected.abort();
    let served: ServedTile;
    try {
      const { signal } = disconnected;
      served = await this.tiles.get(address, { subject: subjectOf(request), signal });
    } catch (error) {
      const failure = error instanceof TileError ? error : undefined;
      // A disconnect is not an error: panning a map cancels requests.
      if (failure?.kind !== 'cancelled') this.count(encoding, request, 'error', failure?.upstreamStatus);
      if (failure?.kind !== 'session_rejected') throw error;
      const { detail, retryAfterSeconds } = failure;
      const picture = sessionExpiredPng(address.size);
      const asTile = this.options.sessionExpiredTile && honoursNoStore(request.headers);
      if (!asTile || prefersImage(request.headers))
        throw new HttpProblem(503, detail, { retryAfterSeconds, picture });
      setTileHeaders(reply);
      reply.header('cache-control', 'no-store').header('content-type', 'image/png').send(picture);
      return;
    }
    this.answer(encoding, address, served, request, reply);
  }

  private answer(
    encoding: Encoding,
    address: TileAddress,
    { tile, outcome, upstreamStatus }: ServedTile,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    this.count(encoding, request, outcome, upstreamStatus);
    // A WMTS client expects an image for each tile within the limits of a TileMatrix.
    const emptyTile = encoding.startsWith('wmts') ? 'transparent' : this.options.emptyTile;
    if (!tile.body && emptyTile === 'not-found') throw new HttpProblem(404, 'This tile has no heat.');
    setTileHeaders(reply);
    const kind = outcome === 'stale' ? 'stale' : tile.body ? 'tile' : 'empty';
    reply.header('cache-control', this.cacheControl[kind]);
    if (!tile.body && emptyTile === 'no-content') {
      reply.status(204).send();
      return;
    }
    reply.header('etag', tile.etag);
    if (tile.lastModified !== undefined) reply.header('last-modified', tile.lastModified);
    if (isNotModified(request.headers, tile)) {
      reply.status(304).send();
      return;
    }
    reply.header('content-type', 'image/png').send(tile.body ?? this.transparent[address.size]);
  }

  /** Counts the outcome, and notes it for the access log. */
  private count(
    encoding: Encoding,
    request: FastifyRequest,
    outcome: TileOutcome,
    upstreamStatus?: number,
  ): void {
    this.metrics.tileRequest(encoding, outcome);
    request.tile!.outcome = outcome;
    request.tile!.upstreamStatus = upstreamStatus;
  }
}
