/** What the encodings with `/{z}/{x}/{y}.png` have in common: words of the path to an address, and the answer. */
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Catalog, type TileSize } from '../catalog/index.js';
import { quoted } from '../common/quoted.js';
import { HttpProblem, problemForRefusal, TileReply } from '../http/index.js';
import type { Encoding } from '../catalog/index.js';
import { parseTileFile } from './tile-file.js';

export interface XyzParams {
  readonly sport: string;
  readonly color: string;
  readonly z: string;
  readonly x: string;
  /** The last segment: row, suffix of the size and extension. */
  readonly file: string;
}

/** Size in pixels of each suffix that an encoding knows. */
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
    if (!file) throw new HttpProblem(404, 'The address of a tile ends in .png.');
    const size = Object.hasOwn(suffixes, file.suffix) ? suffixes[file.suffix] : undefined;
    if (size === undefined) {
      const known = Object.keys(suffixes).filter(Boolean).join(' and ');
      throw new HttpProblem(
        404,
        `There is no tile size ${quoted(file.suffix)}; there are ${known}, or nothing.`,
      );
    }
    const layer = this.catalog.layerOf(params.sport, params.color);
    if (!layer.ok) throw problemForRefusal(layer.refusal);
    const address = this.catalog.tile(layer.value, { z: params.z, x: params.x, y: file.number, size });
    if (!address.ok) throw problemForRefusal(address.refusal);
    return this.tileReply.send(encoding, address.value, request, reply);
  }
}
