import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CapabilitiesService, render, tileMap } from '../capabilities/index.js';
import { Catalog, flipRow, type Layer } from '../catalog/index.js';
import { grantedLayers, requireLayer } from '../access/index.js';
import { DocumentLinker, HttpProblem, problemForRefusal, sendDocument, TileReply } from '../http/index.js';
import { TileService } from '../tiles/index.js';
import { setContentLocation } from './content-location.js';

const SERVICE = '/tms/1.0.0';

/** TMS 1.0.0: rows are counted from the south. Each layer is a TileMap, and a second one with `@2x` for 512 px tiles. */
@Controller('tms/1.0.0')
export class TmsController {
  constructor(
    private readonly catalog: Catalog,
    private readonly capabilities: CapabilitiesService,
    private readonly tiles: TileService,
    private readonly tileReply: TileReply,
    private readonly linker: DocumentLinker,
  ) {}

  /** `/tms/1.0.0/`. The links do not repeat a key of the query, because clients append paths to them. */
  @Get()
  service(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const { base } = this.linker.linksFor(request);
    const opened = grantedLayers(request.access, this.catalog.layers);
    const document = this.capabilities.tileMapService(`${base}${SERVICE}`, opened);
    sendDocument(request, reply, 'application/xml', document);
  }

  /** `/tms/1.0.0/all-hot` */
  @Get([':map', ':map/tilemapresource.xml'])
  map(@Param('map') map: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const { base } = this.linker.linksFor(request);
    const { layer, size, identifier } = this.resolve(map);
    requireLayer(request.access, layer);
    const text = tileMap({
      layer,
      size,
      zoomAvailability: this.tiles.zoomAvailability(),
      zoomLimit: request.access?.scope.maxZoom,
      href: `${base}${SERVICE}/${identifier}`,
      service: `${base}${SERVICE}`,
    });
    sendDocument(request, reply, 'application/xml', render(text));
  }

  /** `/tms/1.0.0/all-hot/3/4/5.png` */
  @Get(':map/:z/:x/:file')
  tile(
    @Param() params: { readonly map: string; readonly z: string; readonly x: string; readonly file: string },
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void | Promise<void> {
    const { map, z, x, file } = params;
    if (!file.endsWith('.png')) throw new HttpProblem(404, 'A tile URL must end in .png.');
    const { layer, size, identifier } = this.resolve(map);
    const tile = this.catalog.tile(layer, { z, x, y: file.slice(0, -'.png'.length), size });
    if (!tile.ok) throw problemForRefusal(tile.refusal);
    setContentLocation(request, reply, map, identifier);
    return this.tileReply.send('tms', flipRow(tile.value), request, reply);
  }

  /** `identifier` is the canonical one of the TileMap. */
  private resolve(map: string): {
    readonly layer: Layer;
    readonly size: 256 | 512;
    readonly identifier: string;
  } {
    const suffix = map.endsWith('@2x') ? '@2x' : '';
    const layer = this.catalog.layerOfPath(map.slice(0, map.length - suffix.length));
    if (!layer.ok) throw problemForRefusal(layer.refusal);
    return { layer: layer.value, size: suffix ? 512 : 256, identifier: `${layer.value.identifier}${suffix}` };
  }
}
