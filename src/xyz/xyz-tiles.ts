/** Common part of the encodings with `/{z}/{x}/{y}.png`: parses the path, resolves the tile address and sends the tile. */
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Catalog, type TileSize } from '../catalog/index.js';
import { quoted } from '../common/text/quoted.js';
import { HttpProblem, problemForRefusal, TileReply } from '../http/index.js';
import type { Encoding } from '../catalog/index.js';
import { setContentLocation } from './content-location.js';
import { parseTileFile } from './tile-file.js';

export interface XyzParams {
  readonly sport: string;
  readonly color: string;
  readonly z: string;
  readonly x: string;
  /** The last path segment: row, suffix for the tile size, and extension. */
  readonly file: string;
}

/** Tile size for each suffix of an encoding. */
export type Suffixes = Readonly<Record<string, TileSize>>;

@Injectable()
export class XyzTiles {
  constructor(
    private readonly catalog: Catalog,
    private readonly tileReply: TileReply,
  ) {}

  send(
    encoding: Encoding,
    params: XyzParams,
    suffixes: Suffixes,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void | Promise<void> {
    const file = parseTileFile(params.file);
    if (!file) throw new HttpProblem(404, 'A tile URL must end in .png.');
    const size = Object.hasOwn(suffixes, file.suffix) ? suffixes[file.suffix] : undefined;
    if (size === undefined) {
      const known = Object.keys(suffixes).filter(Boolean).join(', ');
      throw new HttpProblem(
        404,
        `Unknown tile size suffix ${quoted(file.suffix)}; expected ${known} or no suffix.`,
      );
    }
    const layer = this.catalog.layerOf(params.sport, params.color);
    if (!layer.ok) throw problemForRefusal(layer.refusal);
    const address = this.catalog.tile(layer.value, { z: params.z, x: params.x, y: file.number, size });
    if (!address.ok) throw problemForRefusal(address.refusal);
    setContentLocation(request, reply, params.sport, layer.value.sport.id);
    return this.tileReply.send(encoding, address.value, request, reply);
  }
}
