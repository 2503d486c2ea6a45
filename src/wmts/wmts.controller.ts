import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  CapabilitiesService,
  render,
  unchangedServiceMetadata,
  updateSequence,
  type DocumentRequest,
} from '../capabilities/index.js';
import { Catalog, FORMAT, type Layer } from '../catalog/index.js';
import { grantedLayers, requireLayer } from '../access/index.js';
import { quoted } from '../common/text/quoted.js';
import { acceptsXml, DocumentLinker, HttpProblem, sendDocument, TileReply } from '../http/index.js';
import { OWS_ERRORS, OWS_ERRORS_IF_PREFERRED } from '../request-context.js';
import { TileService, TileError } from '../tiles/index.js';
import {
  chosenLayers,
  chosenTileMatrixSets,
  isUnchanged,
  negotiateVersion,
  sectionsOf,
} from './get-capabilities.js';
import { problemForGetTile, resolveGetTile, type GetTileParameters } from './get-tile.js';
import { invalid, Kvp } from './kvp.js';

/** In lower case. A URL with these alone is the bare URL of the service, not an incomplete OGC request. */
const NOT_OGC_PARAMETERS = ['key', 'access_token', 'token', 'sports', 'colors', 'tilematrixsets'];

/** WMTS 1.0.0 with KVP and RESTful encoding (OGC 07-057r7, 8 and 10). */
@Controller('wmts')
export class WmtsController {
  constructor(
    private readonly catalog: Catalog,
    private readonly capabilities: CapabilitiesService,
    private readonly tiles: TileService,
    private readonly tileReply: TileReply,
    private readonly linker: DocumentLinker,
  ) {}

  /** `/wmts?SERVICE=WMTS&REQUEST=GetCapabilities` or `REQUEST=GetTile&...`; `/wmts` alone is a link to the document. */
  @Get()
  @RouteConfig(OWS_ERRORS)
  async kvp(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const kvp = new Kvp(request.query as Record<string, unknown>);
    if (!kvp.hasOther(NOT_OGC_PARAMETERS)) return this.getCapabilities(kvp, request, reply);
    const service = kvp.required('service');
    if (service.toUpperCase() !== 'WMTS')
      throw invalid('service', `Unknown service ${quoted(service)}; expected WMTS.`);
    const operation = kvp.required('request');
    switch (operation.toLowerCase()) {
      case 'getcapabilities':
        return this.getCapabilities(kvp, request, reply);
      case 'gettile':
        return this.getTileByKvp(kvp, request, reply);
      case 'getfeatureinfo':
        throw new HttpProblem(501, 'GetFeatureInfo is not supported; the heatmap consists of images only.', {
          exceptionCode: 'OperationNotSupported',
          locator: 'GetFeatureInfo',
        });
      default:
        throw invalid(
          'request',
          `Unknown request ${quoted(operation)}; expected GetCapabilities or GetTile.`,
        );
    }
  }

  /** `/wmts/1.0.0/WMTSCapabilities.xml`; ignores the query that clients append, except `sports`, `colors` and `tileMatrixSets`. */
  @Get('1.0.0/WMTSCapabilities.xml')
  @RouteConfig(OWS_ERRORS_IF_PREFERRED)
  document(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const kvp = new Kvp(request.query as Record<string, unknown>);
    this.sendRestfulDocument(this.chosenLayers(kvp, request), kvp, request, reply);
  }

  /** `/wmts/1.0.0/all-hot/WMTSCapabilities.xml`: a document with one layer, for clients that load every listed layer. */
  @Get('1.0.0/:layer/WMTSCapabilities.xml')
  @RouteConfig(OWS_ERRORS_IF_PREFERRED)
  layerDocument(
    @Param('layer') identifier: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    const layer = this.catalog.layer(identifier);
    if (!layer.ok) throw problemForGetTile(layer.refusal, 404);
    requireLayer(request.access, layer.value);
    this.sendRestfulDocument(
      [layer.value],
      new Kvp(request.query as Record<string, unknown>),
      request,
      reply,
    );
  }

  /** `/wmts/1.0.0/all-hot/default/GoogleMapsCompatible/3/2/4.png` (TileMatrix, TileRow, TileCol) */
  @Get('1.0.0/:layer/:style/:tileMatrixSet/:tileMatrix/:tileRow/:file')
  @RouteConfig(OWS_ERRORS_IF_PREFERRED)
  tile(
    @Param() params: Omit<GetTileParameters, 'format' | 'tileCol'> & { readonly file: string },
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void | Promise<void> {
    if (!params.file.endsWith('.png'))
      throw new HttpProblem(404, 'A tile URL must end in .png.', {
        exceptionCode: 'InvalidParameterValue',
        locator: 'format',
      });
    const tileCol = params.file.slice(0, -'.png'.length);
    const address = resolveGetTile(this.catalog, { ...params, tileCol, format: FORMAT });
    if (!address.ok) throw problemForGetTile(address.refusal, 404);
    return this.tileReply.send('wmts_rest', address.value, request, reply);
  }

  private getCapabilities(kvp: Kvp, request: FastifyRequest, reply: FastifyReply): void {
    negotiateVersion(kvp);
    const sections = sectionsOf(kvp);
    const layers = this.chosenLayers(kvp, request);
    const tileMatrixSets = chosenTileMatrixSets(kvp);
    const current = updateSequence(this.tiles.zoomAvailability());
    if (isUnchanged(kvp, current))
      sendDocument(request, reply, 'application/xml', render(unchangedServiceMetadata(current)));
    else this.sendDocument({ layers, sections, tileMatrixSets }, request, reply);
  }

  private chosenLayers(kvp: Kvp, { access }: FastifyRequest): readonly Layer[] {
    return chosenLayers(kvp, this.catalog, grantedLayers(access, this.catalog.layers));
  }

  private async getTileByKvp(kvp: Kvp, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const version = kvp.required('version');
    if (version !== '1.0.0') throw invalid('version', `Unknown version ${quoted(version)}; expected 1.0.0.`);
    const address = resolveGetTile(this.catalog, {
      layer: kvp.required('layer'),
      style: kvp.required('style'),
      format: kvp.required('format'),
      tileMatrixSet: kvp.required('TileMatrixSet'),
      tileMatrix: kvp.required('TileMatrix'),
      tileRow: kvp.required('TileRow'),
      tileCol: kvp.required('TileCol'),
    });
    if (!address.ok) throw problemForGetTile(address.refusal, 400);
    try {
      await this.tileReply.send('wmts_kvp', address.value, request, reply);
    } catch (error) {
      // Without cookies, the document lists no TileMatrix for this zoom.
      if (error instanceof TileError && error.kind === 'needs_cookies')
        throw invalid('TileMatrix', error.detail);
      throw error;
    }
  }

  private sendRestfulDocument(
    layers: readonly Layer[],
    kvp: Kvp,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    if (!acceptsXml(request.headers))
      throw new HttpProblem(
        406,
        'The Accept header does not allow application/xml, the only format of this document.',
      );
    const tileMatrixSets = chosenTileMatrixSets(kvp);
    this.sendDocument({ layers, sections: 'All', tileMatrixSets }, request, reply);
  }

  private sendDocument(
    { layers, ...chosen }: Pick<DocumentRequest, 'layers' | 'sections' | 'tileMatrixSets'>,
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    const document = this.capabilities.document({
      ...this.linker.linksFor(request),
      layers,
      zoomAvailability: this.tiles.zoomAvailability(),
      zoomLimit: request.access?.scope.maxZoom,
      ...chosen,
    });
    sendDocument(request, reply, 'application/xml', document);
  }
}
