import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Catalog } from '../catalog/index.js';
import { grantedLayers } from '../access/index.js';
import { CONFIG, type Config } from '../config/index.js';
import { DocumentLinker, linkTo } from '../http/index.js';
import { TileService } from '../tiles/index.js';
import { indexPage, STYLE_HASH } from './index-page.js';

@Controller()
export class PagesController {
  private readonly contentSecurityPolicy: string;

  constructor(
    private readonly catalog: Catalog,
    private readonly tiles: TileService,
    private readonly linker: DocumentLinker,
    @Inject(CONFIG) config: Config,
  ) {
    this.contentSecurityPolicy = contentSecurityPolicy(config);
  }

  /** `/`: the landing page, with URLs to copy. */
  @Get()
  index(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const links = this.linker.linksFor(request);
    const { reason, action } = this.tiles.availability();
    const page = indexPage({
      link: (path) => linkTo(links, path),
      wmtsKvp: `${links.base}/wmts?${links.query && `${links.query}&`}`,
      layers: grantedLayers(request.access, this.catalog.layers),
      zoomAvailability: this.tiles.zoomAvailability(),
      zoomLimit: request.access?.scope.maxZoom,
      reason,
      action,
    });
    void reply
      .header('cache-control', 'no-store')
      .header('content-security-policy', this.contentSecurityPolicy)
      .header('content-type', 'text/html; charset=utf-8')
      .send(page);
  }
}

/** The page loads tiles from its own origin (`'self'`, since CSP has no syntax for an IPv6 host), from `PUBLIC_URL` and from where these redirect. */
function contentSecurityPolicy({ publicUrl, anonymousMode, ...config }: Config): string {
  const otherOrigins = [
    ...(publicUrl === undefined ? [] : [publicUrl]),
    ...(anonymousMode === 'redirect' ? [config.stravaTilesUrl, ...config.stravaAnonymousTilesUrl] : []),
  ].map((url) => new URL(url).origin);
  const tiles = ["'self'", ...new Set(otherOrigins)].join(' ');
  return `default-src 'none'; style-src '${STYLE_HASH}'; img-src ${tiles}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}
