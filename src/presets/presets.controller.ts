import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessDenied, grantedLayers, requireLayer } from '../access/index.js';
import { render } from '../capabilities/index.js';
import { Catalog, type Layer } from '../catalog/index.js';
import { DocumentLinker, HttpProblem, problemForRefusal, sendDocument } from '../http/index.js';
import { TileService } from '../tiles/index.js';
import { chosenLayers } from '../wmts/get-capabilities.js';
import { Kvp } from '../wmts/kvp.js';
import type { Client } from './client.js';
import { CLIENTS } from './clients.js';
import { JoinedFiles } from './joined-files.js';
import { fileName, findFile, type FoundFile } from './preset-files.js';
import { indexEntry } from './presets-index.js';
import { tileSource, type PresetContext } from './tile-source.js';

const DEFAULT_LAYER = 'all-hot';

const KEY_IN_HEADER =
  'The URLs contain no API key, because this request sent it in a header. Request the index with ?key=... or under /k/{key}/.';

/** Ready-made settings for map clients. */
@Controller('presets')
export class PresetsController {
  private readonly files = new JoinedFiles();

  constructor(
    private readonly catalog: Catalog,
    private readonly tiles: TileService,
    private readonly linker: DocumentLinker,
  ) {}

  /** `/presets?layer=all-hot`: the index. */
  @Get()
  index(
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    const identifier = new Kvp(query).optional('layer');
    const layer =
      identifier === undefined ? this.defaultLayer(request) : this.layer(identifier, 400, request);
    const { access } = request;
    const notes = access && !access.repeat ? [KEY_IN_HEADER] : [];
    const clients = CLIENTS.map((client) =>
      indexEntry(client, layer, this.contextOf(client, request), notes),
    );
    sendDocument(request, reply, 'application/json', render(JSON.stringify({ clients })));
  }

  /** `/presets/locus.xml?sports=ride,run&colors=hot`: all layers that the key grants, or those of some sports and colours. */
  @Get(':file')
  layersFile(
    @Param('file') name: string,
    @Query() query: Record<string, unknown>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    const found = findFile(undefined, name);
    const kvp = new Kvp(query);
    const granted = grantedLayers(request.access, this.catalog.layers);
    const layers = chosenLayers(kvp, this.catalog, granted);
    if (layers.length === 0) throw new AccessDenied('layer');
    const filter = ['sports', 'colors'].flatMap((parameter) => {
      const values = kvp.list(parameter);
      return values ? [`${parameter}=${values.join(',')}`] : [];
    });
    this.sendFile(found, layers, filter.join('&'), request, reply);
  }

  /** `/presets/guru/all-hot.ms`: one layer. */
  @Get(':client/:file')
  layerFile(
    @Param() params: { readonly client: string; readonly file: string },
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    const found = findFile(params.client, params.file);
    const layer = this.layer(found.name, 404, request);
    this.sendFile(found, [layer], `sports=${layer.sport.id}&colors=${layer.color.id}`, request, reply);
  }

  private sendFile(
    { client, file }: FoundFile,
    layers: readonly Layer[],
    filter: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    const context = this.contextOf(client, request);
    const sources = layers.map((layer) => tileSource(layer, client.tileSize, context));
    const content = this.files.content(file, { ...context, layers, sources, filter });
    reply.header('content-disposition', `attachment; filename="${fileName(client.id, file, layers[0]!)}"`);
    sendDocument(request, reply, file.mediaType, render(content));
  }

  private contextOf({ keyForm }: Client, request: FastifyRequest): PresetContext {
    return {
      links: this.linker.linksFor(request, keyForm),
      zoomAvailability: this.tiles.zoomAvailability(),
      zoomLimit: request.access?.scope.maxZoom,
    };
  }

  private layer(identifier: string, status: number, request: FastifyRequest): Layer {
    const layer = this.catalog.layer(identifier);
    if (!layer.ok) throw new HttpProblem(status, problemForRefusal(layer.refusal).detail);
    requireLayer(request.access, layer.value);
    return layer.value;
  }

  /** `all-hot`, or the first layer that the key grants. */
  private defaultLayer({ access }: FastifyRequest): Layer {
    const layers = grantedLayers(access, this.catalog.layers);
    const layer = layers.find(({ identifier }) => identifier === DEFAULT_LAYER) ?? layers[0];
    if (!layer) throw new AccessDenied('layer');
    return layer;
  }
}
