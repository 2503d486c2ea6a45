import { gzipSync } from 'node:zlib';
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { grantedLayers } from '../access/index.js';
import { Catalog } from '../catalog/index.js';
import { addressSpaceOf } from '../common/net/address-space.js';
import { isLoopbackHost } from '../common/net/loopback.js';
import { CONFIG, type Config } from '../config/index.js';
import { HealthReporter } from '../health/index.js';
import { indexPage, type Bundle } from '../html-pages/index.js';
import {
  acceptsGzip,
  BUNDLE,
  bestEncoding,
  DocumentLinker,
  HttpProblem,
  linkTo,
  pageFiles,
  pagePolicy,
  varyByEncoding,
} from '../http/index.js';
import { PAGE_ERRORS, PUBLIC } from '../request-context.js';
import { TileService } from '../tiles/index.js';

@Controller()
export class PagesController {
  private readonly contentSecurityPolicy: string;

  constructor(
    private readonly catalog: Catalog,
    private readonly tiles: TileService,
    private readonly linker: DocumentLinker,
    private readonly health: HealthReporter,
    @Inject(BUNDLE) private readonly bundle: Bundle,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.contentSecurityPolicy = pagePolicy(config);
  }

  /** `/`: the landing page. */
  @Get()
  @RouteConfig(PAGE_ERRORS)
  index(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const links = this.linker.linksFor(request);
    const baseUrl = this.linker.baseUrlFor(request);
    const page = indexPage({
      files: pageFiles(this.bundle, request),
      health: this.health.read(),
      hasCookies: this.tiles.hasCookies(),
      baseUrl,
      link: (path) => linkTo(links, path),
      wmtsKvp: `${links.base}/wmts?${links.query && `${links.query}&`}`,
      layers: grantedLayers(request.access, this.catalog.layers),
      zoomAvailability: this.tiles.zoomAvailability(),
      zoomLimit: request.access?.scope.maxZoom,
      basemap: this.config.basemapUrl,
      localOnly:
        addressSpaceOf(baseUrl) === 'loopback' ? { settings: settingsForNetwork(this.config) } : undefined,
    });
    const zipped = acceptsGzip(request.headers);
    varyByEncoding(reply);
    if (zipped) void reply.header('content-encoding', 'gzip');
    void reply
      .header('cache-control', 'no-store')
      .header('content-security-policy', this.contentSecurityPolicy)
      .header('content-type', 'text/html; charset=utf-8')
      .send(zipped ? gzipSync(page) : page);
  }

  /** `/web/main-3A5K7QXZ.js`: the files of the pages. They contain no secret, and the key form needs them. */
  @Get('web/:file')
  @RouteConfig(PUBLIC)
  file(@Param('file') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const file = this.bundle.files.get(name);
    if (!file) throw new HttpProblem(404, 'This file of the page does not exist; reload the page.');
    const encoding = bestEncoding(request.headers, ['br', 'gzip']);
    varyByEncoding(reply);
    if (encoding) void reply.header('content-encoding', encoding);
    void reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .header('content-type', file.mediaType)
      .send(encoding === 'br' ? file.br : encoding === 'gzip' ? file.gzip : file.plain);
  }
}

/** The settings by which the gateway listens to the network; undefined if it does. */
function settingsForNetwork({ host, apiKeysFile }: Config): string | undefined {
  if (!isLoopbackHost(host)) return undefined;
  return `HOST=0.0.0.0${apiKeysFile === undefined ? ' AUTH_MODE=open' : ''}`;
}
