import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { render, tileJson } from '../capabilities/index.js';
import { Catalog } from '../catalog/index.js';
import { requireLayer } from '../access/index.js';
import { DocumentLinker, HttpProblem, problemForRefusal, linkTo, sendDocument } from '../http/index.js';
import { TileService } from '../tiles/index.js';

/** TileJSON documents: `/tilejson/all/hot.json` for 256 px tiles, `/tilejson/all/hot@2x.json` for 512 px tiles. */
@Controller('tilejson')
export class TileJsonController {
  constructor(
    private readonly catalog: Catalog,
    private readonly tiles: TileService,
    private readonly linker: DocumentLinker,
  ) {}

  @Get(':sport/:file')
  document(
    @Param() params: { readonly sport: string; readonly file: string },
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    const [, color, suffix] = /^([^@]*)(@2x)?\.json$/.exec(params.file) ?? [];
    if (color === undefined)
      throw new HttpProblem(404, 'A TileJSON URL must end in {color}.json or {color}@2x.json.');
    const layer = this.catalog.layerOf(params.sport, color);
    if (!layer.ok) throw problemForRefusal(layer.refusal);
    requireLayer(request.access, layer.value);
    const links = this.linker.linksFor(request);
    const path = `/xyz/${layer.value.sport.id}/${color}/{z}/{x}/{y}${suffix ?? ''}.png`;
    const text = tileJson({
      layer: layer.value,
      size: suffix ? 512 : 256,
      zoomAvailability: this.tiles.zoomAvailability(),
      zoomLimit: request.access?.scope.maxZoom,
      tiles: linkTo(links, path),
    });
    sendDocument(request, reply, 'application/json', render(text));
  }
}
